import { spawnSync } from 'node:child_process';
import type { PublishedPart } from '@awaz/infra/part-log';
import { testFfmpeg } from '@awaz/infra/testkit';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { createFile, MP4BoxBuffer } from 'mp4box';
import { AdtsParser } from '../frames/adts-parser.ts';
import { initSection } from '../isobmff/init-section.ts';
import { buildPart } from './part-builder.ts';
import { withProgramme } from './part-programme.ts';

const AT = Date.UTC(2026, 0, 5);
const SONG = {
  show: 'Abend \u{1f319}',
  host: 'Käthe',
  track: { title: 'Şarkı', artist: 'Band' },
  at: AT + 50,
  publishedAt: AT,
};

let ffmpeg: string;
let frames: Uint8Array[];

function run(args: string[], input: Buffer): Buffer {
  const { status, stdout, stderr } = spawnSync(ffmpeg, ['-hide_banner', '-loglevel', 'warning', ...args], {
    input,
    maxBuffer: 50_000_000,
  });
  expect({ status, complaints: stderr.toString() }).toEqual({ status: 0, complaints: '' });
  return stdout;
}

beforeAll(async () => {
  ffmpeg = (await testFfmpeg()).path;
  const adts = run(
    ['-f', 'lavfi', '-i', 'sine=440:duration=1:sample_rate=48000', '-ac', '2', '-c:a', 'aac', '-f', 'adts', 'pipe:1'],
    Buffer.alloc(0),
  );
  frames = new AdtsParser().push(adts);
});

const partAt = (first: number): PublishedPart =>
  buildPart(
    {
      ...{ msn: 0, index: 0, firstFrame: first, programDateTime: AT, endsSegment: false, publishedAt: AT },
      cursor: undefined,
    },
    frames.slice(first, first + 9).map((frame) => ({ payloads: [frame], filler: false })),
  );

function parsed(bytes: Uint8Array) {
  const file = createFile();
  file.appendBuffer(MP4BoxBuffer.fromArrayBuffer(new Uint8Array(bytes).buffer, 0), true);
  return file.boxes as unknown as (Record<string, unknown> & { type: string; data?: Uint8Array })[];
}

describe('a part with a title', () => {
  it('has an emsg of timed ID3 before its moof, as a foreign parser reads it', () => {
    const { payloads, programme } = withProgramme(partAt(9), [SONG]);
    expect(programme).toEqual([SONG]);
    const boxes = parsed(payloads[0] ?? new Uint8Array());
    expect(boxes.map(({ type }) => type)).toEqual(['emsg', 'moof', 'mdat']);
    const presentationTime = 9 * 1024 + 50 * 48;
    expect(boxes[0]).toMatchObject({
      ...{ version: 1, scheme_id_uri: 'https://aomedia.org/emsg/ID3', value: '', timescale: 48_000 },
      ...{ presentation_time: presentationTime, event_duration: 0xffff_ffff, id: presentationTime },
    });
  });

  it('tells title, artist, show and host in the tag, as ffmpeg reads it', () => {
    const { payloads } = withProgramme(partAt(0), [SONG]);
    const tag = Buffer.from(parsed(payloads[0] ?? new Uint8Array())[0]?.message_data as Uint8Array);
    const file = Buffer.concat([
      tag,
      run(['-f', 'lavfi', '-i', 'sine', '-t', '0.5', '-f', 'mp3', '-id3v2_version', '0', 'pipe:1'], Buffer.alloc(0)),
    ]);
    const metadata = String(
      run(['-loglevel', 'error', '-f', 'mp3', '-i', 'pipe:0', '-f', 'ffmetadata', 'pipe:1'], file),
    );
    const lines = metadata.split('\n').filter((line) => /^(title|artist|show|host)=/.test(line));
    expect(lines.sort()).toEqual(['artist=Band', 'host=Käthe', 'show=Abend \u{1f319}', 'title=Şarkı']);
  });

  it('plays like one without, and without a warning', () => {
    const parts = [0, 9, 18, 27].map(partAt);
    const init = initSection({ sampleRate: 48_000, channels: 2, bitrate: 128_000 });
    const decode = (pieces: PublishedPart[]) =>
      run(
        ['-f', 'mp4', '-i', 'pipe:0', '-f', 's16le', 'pipe:1'],
        Buffer.concat([init, ...pieces.map(({ payloads }) => payloads[0] ?? new Uint8Array())]),
      );
    const titled = parts.map((part, n) => (n % 2 === 0 ? part : withProgramme(part, [SONG, { ...SONG, at: AT + 60 }])));
    expect(decode(titled).equals(decode(parts))).toBe(true);
  });

  it('is the part itself where nothing changes', () => {
    const part = partAt(0);
    expect(withProgramme(part, [])).toBe(part);
  });
});
