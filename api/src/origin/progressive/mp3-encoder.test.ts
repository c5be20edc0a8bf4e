import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLogger } from '@awaz/infra/runtime';
import { encodeMedia, type TempDir, tempDir, testFfmpeg, until } from '@awaz/infra/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Mp3Encoder } from './mp3-encoder.ts';
import { StreamFeed } from './stream-feed.ts';

let folder: TempDir;
let adts: Buffer;
const logger = createLogger('mp3-test', 'silent');

beforeAll(async () => {
  folder = await tempDir();
  adts = Buffer.from(await encodeMedia({ output: ['-c:a', 'aac', '-b:a', '128k', '-f', 'adts'], seconds: 2 }));
});
afterAll(() => folder.close());

/** A program that runs a shell script. */
async function program(name: string, script: string): Promise<string> {
  const path = join(folder.path, name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

function feedThatCounts() {
  const received = { bytes: 0, ended: false };
  const output = new StreamFeed({ sent: () => undefined, dropped: () => undefined });
  output.join({
    send: (bytes) => {
      received.bytes += bytes.length;
      return true;
    },
    end: () => {
      received.ended = true;
    },
  });
  return { output, received };
}

describe('the MP3 encoder', () => {
  it('is started again after a failure and goes on with the same stream', async () => {
    const marker = join(folder.path, 'failed');
    const once = `[ -e ${marker} ] || { touch ${marker}; exit 1; }`;
    const ffmpegPath = await program('fails-once', `${once}\nexec ${(await testFfmpeg()).path} "$@"`);
    const { output, received } = feedThatCounts();
    const encoder = new Mp3Encoder({ ffmpegPath, output, logger });
    await until(
      () => {
        encoder.send(adts, 'title');
        return received.bytes > 16_000;
      },
      { everyMs: 100, timeoutMs: 20_000 },
    );
    expect(received.bytes % 384).toBe(0);
    encoder.end();
    await until(() => received.ended);
    await encoder.close();
  });

  it('gives the stream up when ffmpeg never works', async () => {
    const { output, received } = feedThatCounts();
    const encoder = new Mp3Encoder({ ffmpegPath: await program('fails', 'exit 1'), output, logger });
    await until(() => received.ended);
    expect(received.bytes).toBe(0);
    await encoder.close();
  });

  it('replaces an ffmpeg that does not read', async () => {
    const marker = join(folder.path, 'stuck');
    const stuck = `[ -e ${marker} ] || { touch ${marker}; exec sleep 60; }`;
    const ffmpegPath = await program('stuck-once', `${stuck}\nexec ${(await testFfmpeg()).path} "$@"`);
    const { output, received } = feedThatCounts();
    const encoder = new Mp3Encoder({ ffmpegPath, output, logger });
    await until(
      () => {
        encoder.send(adts, 'title');
        return received.bytes > 16_000;
      },
      { everyMs: 100, timeoutMs: 20_000 },
    );
    await encoder.close();
    await encoder.close();
    expect(received.ended).toBe(true);
  });
});
