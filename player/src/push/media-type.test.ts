import { describe, expect, test } from '@jest/globals';
import { guessMediaType } from './media-type.ts';

const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))));

function box(type: string, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + body.length);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, body]);
}

const id3 = (size: number) => bytes('ID3', [4, 0, 0, 0, 0, size >> 7, size & 0x7f], 'x'.repeat(size));

describe('the type of a file', () => {
  test.each([
    ['RIFF', bytes('RIFF', [0, 0, 0, 0], 'WAVEfmt '), 'audio/wav'],
    ['OggS', bytes('OggS', [0, 2]), 'audio/ogg'],
    ['an EBML header', bytes([0x1a, 0x45, 0xdf, 0xa3]), 'audio/webm'],
    ['an ADTS frame', bytes([0xff, 0xf1, 0x4c, 0x80]), 'audio/aac'],
    ['an MP3 frame', bytes([0xff, 0xfb, 0x90, 0x00]), 'audio/mpeg'],
    ['an ID3 tag before an MP3 frame', bytes(id3(300).toString('latin1'), [0xff, 0xf3]), 'audio/mpeg'],
    ['an ID3 tag before an ADTS frame', bytes(id3(300).toString('latin1'), [0xff, 0xf9]), 'audio/aac'],
    ['an ID3 tag that is longer than what is looked at', id3(300).subarray(0, 50), 'audio/mpeg'],
    [
      'a fragmented MP4',
      bytes(box('ftyp').toString('latin1'), box('moov', box('mvex')).toString('latin1')),
      'audio/mp4',
    ],
    ['a fragment of an MP4', box('moof'), 'audio/mp4'],
    ['an MP4 of which only the beginning is there', box('ftyp', Buffer.from('isom')), 'audio/mp4'],
  ])('is told by %s', (_, first, mime) => {
    expect(guessMediaType(first, 'noname')).toEqual({ kind: 'type', mime });
  });

  test('is told by the name where the bytes say nothing', () => {
    expect(guessMediaType(bytes('???'), 'a/Show.OPUS')).toEqual({ kind: 'type', mime: 'audio/ogg' });
    expect(guessMediaType(bytes('???'), 'a/show.txt')).toEqual({ kind: 'unknown' });
    expect(guessMediaType(bytes('???'), 'standard input')).toEqual({ kind: 'unknown' });
    expect(guessMediaType(bytes(), 'mp3')).toEqual({ kind: 'unknown' });
  });

  test('is told by the bytes where the name says something else', () => {
    expect(guessMediaType(bytes('OggS'), 'a.mp3')).toEqual({ kind: 'type', mime: 'audio/ogg' });
  });

  test.each([
    ['an MP4 with its index in front', [box('ftyp'), box('moov', box('mvhd')), box('mdat')]],
    ['an MP4 with its index behind', [box('ftyp'), box('free'), box('mdat', Buffer.alloc(100))]],
  ])('is refused for %s', (_, boxes) => {
    expect(guessMediaType(Buffer.concat(boxes), 'a.m4a')).toMatchObject({ kind: 'refused' });
  });

  test.each(['fLaC', 'FORM', 'caff', '#!AMR'])('is refused for %s', (magic) => {
    expect(guessMediaType(bytes(magic, [0, 0, 0]), 'a.bin')).toMatchObject({ kind: 'refused' });
  });
});
