import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/** A Lua script that is sent whole only when the server does not know it yet. Answers come back as Buffers. */
export class Script<Answer> {
  readonly #source: string;
  readonly #sha: string;

  constructor(source: string) {
    this.#source = source;
    this.#sha = createHash('sha1').update(source).digest('hex');
  }

  /** Runs the script; all `keys` must share one hash tag. Rejects with Redis's own error. */
  async run(redis: Redis, keys: string[], values: (string | number | Buffer | Uint8Array)[]): Promise<Answer> {
    // ioredis finds the keys of a command, and by them the node of a cluster, by its name in small letters only.
    const rest = [keys.length, ...keys, ...values.map(asArgument)];
    try {
      return (await redis.callBuffer('evalsha', [this.#sha, ...rest])) as Answer;
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return (await redis.callBuffer('eval', [this.#source, ...rest])) as Answer;
    }
  }
}

function asArgument(value: string | number | Buffer | Uint8Array): string | number | Buffer {
  return value instanceof Uint8Array && !Buffer.isBuffer(value)
    ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    : (value as string | number | Buffer);
}
