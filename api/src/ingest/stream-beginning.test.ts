import { parseIngestFormat } from '@awaz/infra/contract';
import { describe, expect, it } from '@jest/globals';
import { requireStart } from './stream-beginning.ts';

const judged = (mime: string, bytes: Uint8Array) => {
  try {
    requireStart(parseIngestFormat(mime), bytes);
    return 'fine';
  } catch (error) {
    return (error as { code?: string }).code;
  }
};

describe('requireStart', () => {
  const beginnings: [string, Buffer][] = [
    ['audio/webm;codecs=opus', Buffer.from('1a45dfa39f4286810142f7810142f281', 'hex')],
    ['audio/ogg', Buffer.from(`OggS\0\x02${'\0'.repeat(30)}`, 'latin1')],
    ['audio/mp4', Buffer.from('\0\0\0\x18ftypiso5\0\0\0\0', 'latin1')],
    ['audio/aac', Buffer.from('fff14c80030ffc21100460', 'hex')],
    ['audio/mpeg', Buffer.from('fffb90640000000000000000', 'hex')],
    ['audio/wav', Buffer.from('RIFF\xff\xff\xff\xffWAVEfmt ', 'latin1')],
    ['audio/l16;rate=48000;channels=2', Buffer.from([1, 2, 3, 4])],
  ];

  it.each(beginnings)('takes the beginning of %s, in pieces of any size', (mime, bytes) => {
    for (let length = 0; length <= bytes.length; length++) {
      expect([length, judged(mime, bytes.subarray(0, length))]).toEqual([length, 'fine']);
    }
  });

  it.each(beginnings.filter(([mime]) => !mime.includes('l16')))('refuses what is not %s', (mime) => {
    for (const text of ['no', 'garbage', '{"type":"hello"}', '\0'.repeat(5000), '<html><body>no audio']) {
      expect([text, judged(mime, Buffer.from(text))]).toEqual([text, 'bad_media']);
    }
  });
});
