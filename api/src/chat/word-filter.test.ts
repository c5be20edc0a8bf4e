import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { holdsLink, WordFilter } from './index.ts';
import { checkedWords } from './word-filter.ts';

/** Runs that found something are kept by their seed here; each is run again. */
const SEEDS = [20_261_125, 11];

function expectFound(word: string, { found = [], free = [] }: { found?: string[]; free?: string[] }): void {
  const filter = new WordFilter([word]);
  for (const text of found) expect([word, text, filter.finds(text)]).toEqual([word, text, true]);
  for (const text of free) expect([word, text, filter.finds(text)]).toEqual([word, text, false]);
}

describe('the word filter', () => {
  it('finds Latin words however they are written', () => {
    expectFound('badger', {
      found: [
        ...['badger', 'BADGER!', 'a bÄdgér.', 'ｂａｄｇｅｒ', '𝐛𝐚𝐝𝐠𝐞𝐫', 'b\u200bad\u00adger', 'b\u034fa\u0316dger'],
        ...[
          'b4dg3r',
          'b@dger',
          'baaaadgerrrr',
          'b a d g e r',
          'b.a.d.g.e.r',
          'b-a-d-g-e-r',
          'bаdger',
          'badgеr',
          'ʙᴀᴅɢᴇʀ',
        ],
      ],
      free: ['badge', 'badgers', 'a bad germ', 'bad ger', ''],
    });
    expectFound('ass', {
      found: ['@ss', 'a$$', 'assss', 'a s s', 'ass!'],
      free: ['as', 'a', 'asset', '@assad', 'Bass'],
    });
    expectFound('straße', { found: ['STRASSE', 'strasse'] });
    expectFound('ılık', { found: ['ILIK', 'ilik', 'İLİK'] });
    expectFound('søren', { found: ['Soren', 'SØREN'] });
  });

  it('does not take a word for another one that holds it, or that repeats a letter', () => {
    expectFound('cunt', { free: ['Scunthorpe', 'scunthorpe united'], found: ['you cunt', 'cuuuunt'] });
    expectFound('cock', { free: ['cockpit', 'peacock', 'Hitchcock', 'cocktail'], found: ['a COCK'] });
    expectFound('tit', { free: ['title', 'petite', 'titt'], found: ['tit', 'tiiit', 't1t'] });
    expectFound('cop', { free: ['coop', 'это сор в доме'], found: ['coooop', 'сор'] });
    expectFound('сор', { found: ['это сор в доме', 'СОР'] });
  });

  it('finds parts of words where the station asks for it', () => {
    expectFound('cunt*', { found: ['cunts', 'cunt'], free: ['Scunthorpe'] });
    expectFound('*cunt', { found: ['xcunt'], free: ['cunts'] });
    expectFound('*cunt*', { found: ['Scunthorpe'] });
    expectFound('buy now', {
      found: ['BUY  now!', 'buy, now', 'buy-now'],
      free: ['buynow', 'buy nowhere', 'buy it now'],
    });
    expectFound('🍆', { found: ['x🍆y', '🍆'], free: ['🍅'] });
    expectFound('c++', { found: ['I like C++ a lot'], free: ['c', 'c+'] });
    expectFound('1488', { found: ['1488', '١٤٨٨', '१४८८', 'x 1488 y'], free: ['14888', '01488', '1 488'] });
  });

  it('finds Devanagari words with other nuktas, joiners and nasal signs, and keeps vowels apart', () => {
    expectFound('गधा', { found: ['गधा', 'तू गधा!', 'ग\u200dधा', 'गधाााा'], free: ['गध', 'गधे', 'गधी', 'गधापन', 'धागा'] });
    expectFound('ज़हर', { found: ['ज़हर', 'जहर', 'ज\u093cहर'] });
    expectFound('आँख', { found: ['आंख', 'आँख'] });
    expectFound('गध*', { found: ['गधे', 'गधापन'] });
  });

  it('finds Arabic words vocalised, stretched, and with the letters of other keyboards', () => {
    expectFound('أحمق', { found: ['احمق', 'أَحْمَق', 'أحـــمق', 'إحمق', 'آحمق!', 'ٱحمق'], free: ['الأحمق', 'حمق'] });
    expectFound('*كلب', { found: ['الكلب', 'کلب', 'كَلْب'] });
    expectFound('غبي', { found: ['غبی', 'غبى', 'غبيييي'], free: ['غبية'] });
    expectFound('كلبة', { found: ['كلبه', 'کلبہ'] });
  });

  it('refuses words that could find nothing or everything', () => {
    for (const word of ['*', '**', ' ', '\u200b', '\u0301', '*\u0640*']) {
      expect(() => checkedWords([word])).toThrow(/holds nothing that could be found/);
    }
    expect(checkedWords([' a  b ', 'a b', 'x'])).toEqual(['a b', 'x']);
  });

  it('takes words literally, whatever they hold, and ends in time on hostile texts', () => {
    const sign = fc.constantFrom(...'.*+?^$()[]{}|\\/-aA1@ँ़آ😀\u0301 ');
    const word = fc.string({ unit: sign, minLength: 1, maxLength: 12 });
    for (const seed of SEEDS) {
      fc.assert(
        fc.property(fc.array(word, { maxLength: 8 }), fc.string({ unit: sign, maxLength: 200 }), (words, text) => {
          const alone = words.some((each) => new WordFilter([each]).finds(text));
          expect(new WordFilter(words).finds(text)).toBe(alone);
          const [first] = words;
          const isKept = first !== undefined && !/^[*\s]|[*\s]$/.test(first);
          if (isKept && /^[aA1]+$/.test(first)) expect(new WordFilter([first]).finds(`, ${first} .`)).toBe(true);
        }),
        { seed, numRuns: 300 },
      );
    }
    const words = Array.from({ length: 500 }, (_, n) => `*aab${n}aab*`);
    const begun = performance.now();
    new WordFilter(words).finds('aab1'.repeat(1000));
    process.stdout.write(`500 words on 4,000 letters: ${(performance.now() - begun).toFixed(1)} ms\n`);
  });
});

describe('links', () => {
  it('are found with and without http, in any script, and not in what only looks like it', () => {
    const links = [
      ...['http://example.com', 'see https://example.org/x?y', 'example.com', 'www.example.co.uk', 'spam.xyz/win'],
      ...['//example.com', '192.0.2.1/x', 'ＥＸＡＭＰＬＥ．ＣＯＭ', 'exa\u200bmple.com', 'example。com', 'пример.рф'],
    ];
    for (const text of links) expect([text, holdsLink(text)]).toEqual([text, true]);
    for (const text of ['hello.How are you', 'e.g. this', '3.14', '10:30', 'a/b', '...', 'v1.2.3', 'वाह।क्या बात']) {
      expect([text, holdsLink(text)]).toEqual([text, false]);
    }
  });
});
