import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  spawnProgram,
  type TempDir,
  type TestProgram,
  tempDir,
  testFfmpeg,
  tone,
  until,
  wavOf,
} from '@awaz/infra/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { FakeIngestServer, type StoredEpoch } from '../ingest-client/test/fake-ingest-server.ts';

const MAIN = fileURLToPath(new URL('main.js', import.meta.url));
const KEY = 'k'.repeat(32);
const SECONDS = 1.5;

/** Files as people have them, made by ffmpeg from the WAV: name, options, and whether its frames are padded with priming. */
const FILES: [name: string, mime: string, options: string][] = [
  ['tone.wav', 'audio/wav', ''],
  ['tone.mp3', 'audio/mpeg', '-c:a libmp3lame -b:a 128k'],
  ['tone.aac', 'audio/aac', '-c:a aac -b:a 128k -f adts'],
  ['tone.ogg', 'audio/ogg', '-c:a libopus -b:a 96k -page_duration 60000'],
  ['tone.webm', 'audio/webm', '-c:a libopus -b:a 96k'],
  ['tone.mp4', 'audio/mp4', '-c:a aac -movflags +frag_keyframe+empty_moov+default_base_moof -frag_duration 100000'],
];

let folder: TempDir;
let server: FakeIngestServer;
let program: TestProgram | undefined;

beforeAll(async () => {
  folder = await tempDir();
  const { samples } = tone({ seconds: SECONDS });
  await writeFile(inFolder('tone.wav'), wavOf(samples));
  const ffmpeg = await testFfmpeg();
  for (const [name, , options] of [...FILES, ['tone.m4a', '', '-c:a aac']] as typeof FILES) {
    if (options !== '') await convert(ffmpeg.path, name, options);
  }
});

beforeEach(async () => {
  server = new FakeIngestServer();
  await server.start();
});

afterEach(async () => {
  await program?.close();
  program = undefined;
  await server.close();
});

afterAll(() => folder.close());

function inFolder(name: string): string {
  return join(folder.path, name);
}

async function convert(ffmpeg: string, name: string, options: string): Promise<void> {
  const from = ['-v', 'error', '-i', inFolder('tone.wav')];
  await promisify(execFile)(ffmpeg, [...from, ...options.split(' '), '-y', inFolder(name)]);
}

function push(file: string, ...options: string[]): TestProgram {
  const argv = [MAIN, file, '--station', 'lahore', '--server', server.url, ...options];
  program = spawnProgram(process.execPath, argv, { env: { AWAZ_STREAM_KEY: KEY }, cwd: folder.path });
  return program;
}

const bytesOf = ({ chunks }: StoredEpoch) => Buffer.concat(chunks.map((chunk) => chunk.payload));

/** Capture times go up by the chunks' own lengths, and no chunk was sent before its last sample was "captured". */
function expectRealTime({ chunks }: StoredEpoch): void {
  const [first, last] = [chunks.at(0), chunks.at(-1)];
  const spanMs = (last?.capturedAt ?? 0) - (first?.capturedAt ?? 0);
  expect(spanMs / 1000).toBeGreaterThan(SECONDS - 0.35);
  expect(spanMs / 1000).toBeLessThan(SECONDS + 0.15);
  for (const chunk of chunks) expect(chunk.receivedAt).toBeGreaterThan(chunk.capturedAt - 5);
}

describe('push', () => {
  test.each(FILES)('sends %s byte for byte in real time, in short chunks', async (name, mime) => {
    const { code } = await push(inFolder(name)).ended;
    expect(program?.stderr()).toBe('');
    expect(code).toBe(0);
    expect(server.ended).toBe(true);
    const [epoch] = server.epochs as [StoredEpoch];
    expect(epoch.format).toBe(mime);
    expect(bytesOf(epoch).equals(await readFile(inFolder(name)))).toBe(true);
    expect(epoch.chunks.length).toBeGreaterThanOrEqual(10);
    expectRealTime(epoch);
  });

  test('sends the title that the tags of a file tell, once, also in a loop', async () => {
    const ffmpeg = await testFfmpeg();
    await convert(ffmpeg.path, 'tagged.mp3', '-c:a libmp3lame -b:a 128k -metadata title=Song -metadata artist=Band');
    const { ended } = push(inFolder('tagged.mp3'), '--loop');
    await until(() => server.epochs.length === 2 && server.epochs[1]?.chunks.length, { timeoutMs: 20_000 });
    program?.child.kill('SIGINT');
    expect((await ended).code).toBe(0);
    expect(server.titles).toEqual([{ type: 'metadata', track: { title: 'Song', artist: 'Band' } }]);
  });

  test('begins an epoch with each turn of a loop, without a gap in time, until Ctrl-C ends it', async () => {
    const { ended, says } = push(inFolder('tone.aac'), '--loop');
    await until(() => server.epochs.length === 3 && server.epochs[2]?.chunks.length, { timeoutMs: 20_000 });
    program?.child.kill('SIGINT');
    await says(/Ending the broadcast/);
    expect((await ended).code).toBe(0);
    const [one, two] = server.epochs as [StoredEpoch, StoredEpoch];
    expect(bytesOf(one).equals(await readFile(inFolder('tone.aac')))).toBe(true);
    expect(bytesOf(two).equals(bytesOf(one))).toBe(true);
    const gapMs = (two.chunks[0]?.capturedAt ?? 0) - (one.chunks.at(-1)?.capturedAt ?? 0);
    expect(gapMs).toBeGreaterThan(50);
    expect(gapMs).toBeLessThan(90);
  });

  test('sends standard input as it comes, and paces what comes too fast', async () => {
    const { ended, child } = push('-');
    if (child.stdin !== null) createReadStream(inFolder('tone.mp3')).pipe(child.stdin);
    expect((await ended).code).toBe(0);
    const [epoch] = server.epochs as [StoredEpoch];
    expect(bytesOf(epoch).equals(await readFile(inFolder('tone.mp3')))).toBe(true);
    expectRealTime(epoch);
  });

  test('loses nothing when the connection is cut again and again', async () => {
    server.cutEvery = 5;
    const { ended } = push(inFolder('tone.wav'));
    expect((await ended).code).toBe(0);
    expect(program?.stdout()).toContain('Connected again.');
    expect(server.epochs).toHaveLength(1);
    expect(bytesOf(server.epochs[0] as StoredEpoch).equals(await readFile(inFolder('tone.wav')))).toBe(true);
  });

  test('goes on in another epoch, header first, when the server forgot the broadcast', async () => {
    await writeFile(inFolder('long.wav'), wavOf(tone({ seconds: 7 }).samples));
    const { ended } = push(inFolder('long.wav'));
    // The client keeps acknowledged audio for 5 s, and the header with it.
    await until(() => server.epochs[0]?.chunks.length === 100, { timeoutMs: 20_000 });
    server.forgetBroadcast();
    server.cut();
    expect((await ended).code).toBe(0);
    const [epoch] = server.epochs as [StoredEpoch];
    expect(String(epoch.chunks[0]?.payload.subarray(0, 4))).toBe('RIFF');
    expect(epoch.chunks.length).toBeGreaterThan(10);
  });

  test('takes the type that it is told', async () => {
    const { ended } = push(inFolder('tone.wav'), '--type', 'audio/l16;rate=48000;channels=2;endian=little');
    expect((await ended).code).toBe(0);
    expect(server.epochs[0]?.format).toBe('audio/l16;rate=48000;channels=2;endian=little');
  });

  test('leaves at once on the second Ctrl-C', async () => {
    const { ended, says } = push(inFolder('tone.wav'));
    await until(() => (server.epochs[0]?.chunks.length ?? 0) > 3);
    server.answers = false;
    program?.child.kill('SIGINT');
    await says(/Ending the broadcast/);
    program?.child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    expect(server.ended).toBe(false);
  });

  test('stops when the server ends the broadcast', async () => {
    const { ended } = push(inFolder('tone.wav'), '--loop');
    await until(() => (server.epochs[0]?.chunks.length ?? 0) > 3);
    server.say({ type: 'ended', broadcastId: server.broadcastId, reason: 'station_removed' });
    expect((await ended).code).toBe(1);
    expect(program?.stderr()).toContain('The server ended the broadcast (station_removed).');
  });

  test('stops with what to do when the server refuses', async () => {
    server.refusals.push('bad_key');
    expect((await push(inFolder('tone.wav')).ended).code).toBe(1);
    expect(program?.stderr()).toBe(
      'The stream key is not valid for this station. `npm run station -- key SLUG` makes a new key.\n',
    );
  });

  test('offers a takeover when somebody is on air', async () => {
    server.refusals.push('station_busy');
    expect((await push(inFolder('tone.wav')).ended).code).toBe(1);
    expect(program?.stderr()).toContain('--takeover');
  });

  test('gives up a server that cannot be reached', async () => {
    const { url } = server;
    await server.close();
    const argv = [MAIN, inFolder('tone.wav'), '--station', 'lahore', '--server', url, '--key', KEY];
    program = spawnProgram(process.execPath, argv, { cwd: folder.path });
    expect((await program.ended).code).toBe(3);
    expect(program.stdout()).toContain('Trying again');
    expect(program.stderr()).toContain(`${url} cannot be reached`);
    server = new FakeIngestServer();
    await server.start();
  });

  test.each([
    ['tone.m4a', 'ffmpeg -i "tone.m4a" -vn -c:a aac -b:a 256k "tone.aac"'],
    ['missing.mp3', 'There is no file'],
    ['.', 'is a folder'],
    ['empty.mp3', 'is empty'],
    ['notes.txt', '--type'],
    ['lies.mp3', 'lies.mp3: The'],
  ])('refuses %s and says what to do', async (name, message) => {
    await writeFile(inFolder('empty.mp3'), '');
    await writeFile(inFolder('notes.txt'), 'Remember the milk.');
    await writeFile(inFolder('lies.mp3'), 'x'.repeat(200_000));
    expect((await push(inFolder(name)).ended).code).toBe(2);
    expect(program?.stderr()).toContain(message);
  });

  test('shows its help', async () => {
    program = spawnProgram(process.execPath, [MAIN, '--help'], { cwd: folder.path });
    expect((await program.ended).code).toBe(0);
    expect(program.stdout()).toContain('npm run push -- FILE --station SLUG');
  });

  test('says all that is wrong with its arguments before it does anything', async () => {
    program = spawnProgram(process.execPath, [MAIN, 'a.mp3', '--station', 'No Slug'], { cwd: folder.path });
    expect((await program.ended).code).toBe(2);
    expect(program.stderr()).toContain('"No Slug" is not the slug of a station');
  });
});
