import { until } from '@awaz/infra/testkit';
import { describe, expect, it } from '@jest/globals';
import { KnownValues, type KnownValuesOptions } from './known-values.ts';

const FOR_EVER = { freshMs: 60_000, trustMs: 60_000, staleMs: 60_000, maxEntries: 100 };
const NEVER_FRESH = { ...FOR_EVER, freshMs: 0, trustMs: 0 };

/** Values that are looked up in a queue of answers; each look notes its key. */
function valuesOf(answers: (string | Error)[], options: Partial<KnownValuesOptions<string>> = FOR_EVER) {
  const looks: string[] = [];
  const known = new KnownValues<string>({
    ...FOR_EVER,
    ...options,
    look: async (key) => {
      looks.push(key);
      const answer = answers.shift() ?? 'none left';
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  return { known, looks };
}

describe('KnownValues', () => {
  it('lets all who ask at the same time share one look, and answers without waiting from then on', async () => {
    const { known, looks } = valuesOf(['one']);
    expect(await Promise.all([known.get('a'), known.get('a')])).toEqual(['one', 'one']);
    expect(known.get('a')).toBe('one');
    expect(looks).toEqual(['a']);
  });

  it('gives what it knows while it looks anew', async () => {
    const { known } = valuesOf(['one', 'two'], { freshMs: 0 });
    await known.get('a');
    expect(known.get('a')).toBe('one');
    await until(() => known.get('a') === 'two', { what: 'the second look' });
  });

  it('waits for a look when a value is too old to be trusted', async () => {
    const { known } = valuesOf(['one', 'two'], NEVER_FRESH);
    await known.get('a');
    expect(await known.get('a')).toBe('two');
  });

  it('gives what it knew when a look fails, and tells the error when it knew nothing', async () => {
    const { known } = valuesOf(['one', new Error('away'), new Error('away')], NEVER_FRESH);
    expect(await known.get('a')).toBe('one');
    expect(await known.get('a')).toBe('one');
    await expect(known.get('b')).rejects.toThrow('away');
  });

  it('trusts what it knew for a limited time only', async () => {
    const { known } = valuesOf(['one', new Error('away')], { ...NEVER_FRESH, staleMs: 0 });
    await known.get('a');
    await expect(known.get('a')).rejects.toThrow('away');
  });

  it('does not keep what was looked up before it was told to forget', async () => {
    const { known, looks } = valuesOf(['old', 'new']);
    const first = known.get('a');
    known.forget((key) => key === 'a');
    expect(await first).toBe('old');
    expect(await known.get('a')).toBe('new');
    expect(looks).toEqual(['a', 'a']);
  });

  it('does not keep what it is not to keep', async () => {
    const { known, looks } = valuesOf(['no', 'yes'], { keeps: (value) => value === 'yes' });
    expect([await known.get('a'), await known.get('a'), known.get('a')]).toEqual(['no', 'yes', 'yes']);
    expect(looks).toHaveLength(2);
  });

  it('forgets the oldest when there are too many', async () => {
    const { known, looks } = valuesOf([], { maxEntries: 2 });
    for (const key of ['a', 'b', 'c', 'a']) await known.get(key);
    expect([looks, known.size]).toEqual([['a', 'b', 'c', 'a'], 2]);
  });
});
