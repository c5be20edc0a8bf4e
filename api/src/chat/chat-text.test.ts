import { MAX_CHAT_CHARACTERS } from '@awaz/infra/contract';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HOSTILE_TEXTS } from '../test/schema-arbitrary.ts';
import { chatText, countCharacters } from './index.ts';

/** Runs that found something are kept by their seed here; each is run again. */
const SEEDS = [20_261_125, 7];

const textOrCode = (raw: string) => {
  try {
    return chatText(raw);
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('the text of a message', () => {
  it('is one line, in NFC, with what scripts need and without what hides or turns', () => {
    const cases: [raw: string, text: string][] = [
      ['  a \r\n\t b\u2028c\u00a0d ', 'a b c d'],
      ['e\u0301', '\u00e9'],
      ['a\u0000\u0007\u001b[31mb', 'a[31mb'],
      ['a\u202eb\u2066c\u2069\u202c', 'abc'],
      ['\ufeffa\u00adb\u2060c', 'abc'],
      ['می\u200cخواهم', 'می\u200cخواهم'],
      ['क्\u200dष', 'क्\u200dष'],
      ['👩\u200d👩\u200d👧 ❤\ufe0f', '👩\u200d👩\u200d👧 ❤\ufe0f'],
      [
        '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
        '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
      ],
      ['a\u{e0068}\u{e0069}b', 'ab'],
      ['a\ud800b\udc00', 'ab'],
      ['Z\u0300\u0301'.padEnd(60, '\u0316'), `Z${'\u0316'.repeat(8)}`],
      ['<script>alert(1)</script> & "x"', '<script>alert(1)</script> & "x"'],
    ];
    for (const [raw, text] of cases) expect(textOrCode(raw)).toBe(text);
  });

  it('has something to see', () => {
    for (const raw of ['', ' ', '\u200b', '\u200d\u200c', '\u3164', '\u2800', '\u0301', '\u{e0061}', '\u202e \u2069']) {
      expect([raw, textOrCode(raw)]).toEqual([raw, 'message_refused']);
    }
  });

  it('counts characters as people do', () => {
    expect(countCharacters('e\u0301👩\u200d👩\u200d👧क्षि')).toBeLessThanOrEqual(4);
    expect(textOrCode('👍🏽'.repeat(MAX_CHAT_CHARACTERS))).toBe('👍🏽'.repeat(MAX_CHAT_CHARACTERS));
    expect(textOrCode('x'.repeat(MAX_CHAT_CHARACTERS + 1))).toBe('message_refused');
  });

  it('is the same when it is made again, whatever it was made of', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(...HOSTILE_TEXTS, '\u202e', '\u{e0067}', '\ud800', '\u0316'.repeat(40), '\n', '🏴', '\u3164'),
    );
    const raws = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
    for (const seed of SEEDS) {
      fc.assert(
        fc.property(raws, (raw) => {
          const text = textOrCode(raw);
          if (text === 'message_refused') return;
          expect(chatText(text)).toBe(text);
          expect(text).not.toMatch(/[\p{Cc}\p{Cs}\u{202a}-\u{202e}\u{2066}-\u{2069}]/u);
          expect(countCharacters(text)).toBeLessThanOrEqual(MAX_CHAT_CHARACTERS);
        }),
        { seed, numRuns: 300 },
      );
    }
  });
});
