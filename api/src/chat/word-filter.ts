import { AwazError } from '@awaz/infra/contract';
import { foldText, foldTwins } from './fold-text.ts';

/** Signs that stand for letters inside words. */
const SIGNS = new Map(Object.entries({ 0: 'o', 1: 'i', 3: 'e', 4: 'a', 5: 's', 7: 't', '@': 'a', $: 's', '!': 'i' }));

const SIGNED_WORD = /[\p{L}\p{M}\p{N}@$!]+/gu;
const IN_WORD = '[\\p{L}\\p{M}\\p{N}]';

/** How many letters in a row are read as any number of them: nobody writes three where the word has one. */
const STRETCHED_FROM = 3;

/** How many single letters in a row are read as a word that was pulled apart. */
const PULLED_APART_FROM = 3;

/**
 * Finds words that a station does not want, however they are written; see {@link foldText}. A word is found where it stands
 * by itself; `*` at an end lets letters follow there. A phrase is found whatever stands between its words.
 */
export class WordFilter {
  readonly #pattern: RegExp | undefined;

  /** Words that cannot be are left out; {@link checkedWords} refuses them. */
  constructor(words: readonly string[]) {
    const patterns = words.map(patternOf).filter((pattern) => pattern !== undefined);
    this.#pattern = patterns.length === 0 ? undefined : new RegExp(joined(patterns), 'u');
  }

  /** Whether one of the words is in the text. */
  finds(text: string): boolean {
    const pattern = this.#pattern;
    if (pattern === undefined) return false;
    const plain = foldText(text);
    const undisguised = foldSigns(foldTwins(plain));
    const readings = new Set([plain, undisguised, together(undisguised)]);
    return [...readings].some((reading) => pattern.test(reading));
  }
}

/** The words of a filter as they are kept. Throws `bad_request` for one that can match nothing or nearly all. */
export function checkedWords(words: readonly string[]): string[] {
  const kept = words.map((word) => word.normalize('NFC').replaceAll(/\s+/gu, ' ').trim());
  for (const word of kept) {
    if (patternOf(word) !== undefined) continue;
    throw new AwazError('bad_request', `words: "${word.slice(0, 30)}" holds nothing that could be found.`);
  }
  return [...new Set(kept)];
}

/** Pieces of a regular expression, one after the other. */
type Pattern = string[];

function patternOf(word: string): Pattern | undefined {
  const [, before = '', core = '', after = ''] = /^(\**)(.*?)(\**)$/su.exec(word.trim()) ?? [];
  const folded = foldText(core).trim();
  if (!/[\p{L}\p{N}\p{S}\p{P}]/u.test(folded)) return undefined;
  const opens = before === '' && /^[\p{L}\p{M}\p{N}]/u.test(folded) ? `(?<!${IN_WORD})` : '';
  const closes = after === '' && /[\p{L}\p{M}\p{N}]$/u.test(folded) ? `(?!${IN_WORD})` : '';
  return [opens, ...[...runsOf(folded)].map(patternOfRun), closes];
}

/** One expression for all patterns, in which what several begin with is looked at once. */
function joined(patterns: readonly Pattern[]): string {
  const byFirst = new Map<string, Pattern[]>();
  for (const [first, ...rest] of patterns) {
    if (first === undefined) return ''; // one of them ends here: what others add makes no difference
    byFirst.set(first, [...(byFirst.get(first) ?? []), rest]);
  }
  const branches = [...byFirst].map(([first, rests]) => first + joined(rests));
  return branches.length === 1 ? branches.join('') : `(?:${branches.join('|')})`;
}

type Run = { sign: string; count: number };

function* runsOf(text: string): Generator<Run> {
  let run: Run | undefined;
  for (const sign of text) {
    if (run?.sign === sign) run.count++;
    else {
      if (run !== undefined) yield run;
      run = { sign, count: 1 };
    }
  }
  if (run !== undefined) yield run;
}

function patternOfRun({ sign, count }: Run): string {
  if (sign === ' ') return '[^\\p{L}\\p{M}\\p{N}]+';
  const literal = sign.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
  const exact = count === 1 ? literal : `${literal}{${count}}`;
  if (!/[\p{L}\p{M}]/u.test(sign)) return exact;
  return `(?:${literal}{${Math.max(STRETCHED_FROM, count)},}|${exact})`;
}

/** Reads digits and signs in words as the letters that they stand for. */
function foldSigns(folded: string): string {
  return folded.replaceAll(SIGNED_WORD, (word) =>
    /\p{L}/u.test(word) ? [...word].map((sign) => SIGNS.get(sign) ?? sign).join('') : word,
  );
}

/** Puts letters together that stand alone one after the other, whatever is between them. */
function together(folded: string): string {
  const parts: string[] = [];
  let alone: string[] = [];
  const flush = () => {
    if (alone.length >= PULLED_APART_FROM) parts.push(alone.join(''));
    else parts.push(...alone);
    alone = [];
  };
  for (const [word] of folded.matchAll(new RegExp(`${IN_WORD}+`, 'gu'))) {
    if (/^\p{L}\p{M}*$/u.test(word)) alone.push(word);
    else {
      flush();
      parts.push(word);
    }
  }
  flush();
  return parts.join(' ');
}
