import { expect, test } from '@jest/globals';
import { parseIngestFormat } from '../contract/index.ts';
import { encodeMedia, PUSHED_FORMATS } from '../testkit/fixtures/index.ts';
import { createScanner, looksLikeNewStream, looksLikeStart } from './index.ts';

const HEADERLESS = ['adts', 'mp3', 'l16'];

test.each([...PUSHED_FORMATS])(
  '$title looks like a start at its start and like nothing new in its middle',
  async ({ mime, ...request }) => {
    const format = parseIngestFormat(mime);
    const bytes = await encodeMedia({ ...request, seconds: 0.5 });
    expect(looksLikeStart(format, bytes)).toBe(true);
    expect(looksLikeNewStream(format, bytes)).toBe(!HEADERLESS.includes(format.container));
    for (const { sourceOffset } of createScanner(format).scan(bytes).restartPoints) {
      expect(looksLikeNewStream(format, bytes.subarray(sourceOffset))).toBe(false);
    }
  },
);

test('other containers, text and nothing do not look like a start', () => {
  for (const { mime } of PUSHED_FORMATS.filter(({ mime }) => !mime.startsWith('audio/l16'))) {
    const format = parseIngestFormat(mime);
    for (const text of ['', 'O', '#EXTM3U', '{"type":"hello"}', '<html>']) {
      expect(looksLikeStart(format, new TextEncoder().encode(text))).toBe(false);
    }
  }
});
