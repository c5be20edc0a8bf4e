// @ts-check

/** Time between two signs of life of a long step where there is no terminal, in ms. */
const SIGN_OF_LIFE_MS = 10_000;

/**
 * Tells a person how setting up goes. On a terminal a long step is one line that counts its seconds.
 * @param {NodeJS.WriteStream} stream
 */
export function createProgress(stream) {
  const live = stream.isTTY === true;
  stream.on('error', () => undefined);
  /** @param {string} line */
  const say = (line) => void stream.write(`${line}\n`);

  /**
   * Tells that a step has begun; the answer ends it.
   * @param {string} what
   */
  function begin(what) {
    const since = Date.now();
    const seconds = () => Math.round((Date.now() - since) / 1000);
    if (!live) say(`${what} …`);
    const tick = () => (live ? stream.write(`\r${what} … ${seconds()} s`) : say(`${what} … ${seconds()} s`));
    if (live) tick();
    const timer = setInterval(tick, live ? 1000 : SIGN_OF_LIFE_MS);
    return {
      /** @param {string} [how] */
      end(how = `done in ${((Date.now() - since) / 1000).toFixed(1)} s`) {
        clearInterval(timer);
        say(`${live ? '\r' : ''}${what}: ${how}      `.trimEnd());
      },
    };
  }

  return { say, begin };
}

/** @typedef {ReturnType<typeof createProgress>} Progress */
