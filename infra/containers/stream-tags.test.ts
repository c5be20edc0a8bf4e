import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { runProgram, testFfmpeg } from '../testkit/index.ts';
import { MAX_TAG_BYTES, TagReader } from './index.ts';

const TITLE = 'Şarkı = आवाज़ \u{1f319}';
const ARTIST = 'Käthe & Band';

let ffmpeg: string;

beforeAll(async () => {
  ffmpeg = (await testFfmpeg()).path;
});

/** Half a second of a tone as ffmpeg makes it, with tags. */
async function tagged(...output: string[]): Promise<Buffer> {
  const metadata = ['-metadata', `title=${TITLE}`, '-metadata', `artist=${ARTIST}`];
  const args = ['-loglevel', 'error', '-f', 'lavfi', '-i', 'sine=sample_rate=48000', '-t', '0.5', '-ac', '2'];
  const { stdout, stderr, code } = await runProgram(ffmpeg, [...args, ...metadata, ...output, 'pipe:1']);
  expect({ code, complaints: String(stderr) }).toEqual({ code: 0, complaints: '' });
  return stdout;
}

function tagsIn(bytes: Uint8Array, pieceBytes: number) {
  const reader = new TagReader();
  const found = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const tags = reader.push(bytes.subarray(at, at + pieceBytes));
    if (tags !== undefined) found.push(tags);
  }
  return found;
}

describe('tags at the beginning of a stream', () => {
  it.each([
    ['Ogg Opus', ['-c:a', 'libopus', '-f', 'ogg']],
    ['Ogg Vorbis', ['-c:a', 'libvorbis', '-f', 'ogg']],
    ['Ogg FLAC', ['-c:a', 'flac', '-f', 'ogg']],
    ['MP3 with ID3v2.4', ['-c:a', 'libmp3lame', '-id3v2_version', '4', '-f', 'mp3']],
    ['MP3 with ID3v2.3', ['-c:a', 'libmp3lame', '-id3v2_version', '3', '-f', 'mp3']],
    ['ADTS with ID3v2', ['-c:a', 'aac', '-write_id3v2', '1', '-f', 'adts']],
  ])('are found in %s, however it is cut', async (_, output) => {
    const bytes = await tagged(...output);
    for (const pieceBytes of [1, 7, 100, 4096, bytes.length]) {
      expect(tagsIn(bytes, pieceBytes)).toEqual([{ title: TITLE, artist: ARTIST }]);
    }
  });

  it('are not made up where there are none', async () => {
    const untagged = await tagged('-c:a', 'aac', '-f', 'adts');
    expect(tagsIn(untagged, 100)).toEqual([]);
    expect(tagsIn(await tagged('-c:a', 'libmp3lame', '-id3v2_version', '0', '-f', 'mp3'), 100)).toEqual([]);
  });

  it('are found before a picture that is longer than what is looked through', () => {
    const text = Buffer.from([3, ...Buffer.from('Song')]);
    const frame = (id: string, size: number) => Buffer.from([...Buffer.from(id), 0, 0, size >> 7, size & 0x7f, 0, 0]);
    const picture = Buffer.concat([
      Buffer.from('APIC'),
      Buffer.from([0, 0x7f, 0x7f, 0x7f, 0, 0]),
      Buffer.alloc(MAX_TAG_BYTES),
    ]);
    const head = Buffer.from([...Buffer.from('ID3'), 4, 0, 0, 0, 0x7f, 0x7f, 0x7f]);
    const bytes = Buffer.concat([head, frame('TIT2', text.length), text, picture]);
    expect(tagsIn(bytes, 60_000)).toEqual([{ title: 'Song' }]);
  });

  it('harm nobody, whatever the bytes are', async () => {
    const samples = [await tagged('-c:a', 'libopus', '-f', 'ogg'), await tagged('-c:a', 'libmp3lame', '-f', 'mp3')];
    const edits = fc.array(fc.tuple(fc.nat(600), fc.nat(255)), { maxLength: 30 });
    fc.assert(
      fc.property(fc.nat(1), edits, fc.integer({ min: 1, max: 700 }), (which, changes, pieceBytes) => {
        const bytes = Buffer.from((samples[which] ?? Buffer.alloc(0)).subarray(0, 2000));
        for (const [at, value] of changes) bytes[at] = value;
        expect(tagsIn(bytes, pieceBytes).length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 500 },
    );
  });
});
