import { studioPath } from '@awaz/infra/contract';
import { describe, expect, test } from '@jest/globals';
import {
  keepLiveMark,
  keepStudioLink,
  parsePastedLink,
  parseStudioFragment,
  RESUME_WINDOW_MS,
  readLiveMark,
  takeStudioLink,
} from './studio-link.ts';

const KEY = 'a1'.repeat(16);
const LINK = { station: 'radio-lahore', key: KEY };

/** As much of a browser's storage as the studio uses. */
function newStorage(): Storage {
  const values = new Map<string, string>();
  return {
    getItem: (name: string) => values.get(name) ?? null,
    setItem: (name: string, value: string) => values.set(name, value),
    removeItem: (name: string) => values.delete(name),
  } as unknown as Storage;
}

function newPage(hash: string, storage = newStorage()) {
  const addresses: string[] = [];
  const location = { hash, pathname: '/studio', search: '' } as Location;
  const history = { replaceState: (_: unknown, __: string, url: string) => addresses.push(url) } as unknown as History;
  return { location, history, storage, addresses };
}

describe('a studio link', () => {
  test('is what the server prints', () => {
    expect(parseStudioFragment(new URL(studioPath('radio-lahore', KEY), 'http://x').hash)).toEqual(LINK);
  });

  test.each(['', '#', '#station=radio-lahore', `#station=Radio Lahore&key=${KEY}`, '#station=a&key=short'])(
    'is not "%s"',
    (fragment) => {
      expect(parseStudioFragment(fragment)).toBeUndefined();
    },
  );

  test('may be pasted whole into either field, or as station and key', () => {
    const whole = `https://radio.example/studio#station=radio-lahore&key=${KEY}`;
    expect(parsePastedLink(whole, '')).toEqual(LINK);
    expect(parsePastedLink('', whole)).toEqual(LINK);
    expect(parsePastedLink(' Radio-Lahore ', ` ${KEY}\n`)).toEqual(LINK);
    expect(parsePastedLink('radio-lahore', '')).toBeUndefined();
  });

  test('disappears from the address once it is read, and stays for reloads of the tab', () => {
    const page = newPage(`#station=radio-lahore&key=${KEY}`);
    expect(takeStudioLink(page)).toEqual(LINK);
    expect(page.addresses).toEqual(['/studio']);
    const reloaded = newPage('', page.storage);
    expect(takeStudioLink(reloaded)).toEqual(LINK);
    expect(reloaded.addresses).toEqual([]);
  });

  test('can be forgotten', () => {
    const page = newPage(`#station=radio-lahore&key=${KEY}`);
    takeStudioLink(page);
    keepStudioLink(page.storage, undefined);
    expect(takeStudioLink(newPage('', page.storage))).toBeUndefined();
  });

  test('is not kept where storage is blocked, and works all the same', () => {
    const blocked = {
      getItem: () => {
        throw new Error('blocked');
      },
      setItem: () => {
        throw new Error('blocked');
      },
    } as unknown as Storage;
    expect(takeStudioLink(newPage(`#station=radio-lahore&key=${KEY}`, blocked))).toEqual(LINK);
    expect(takeStudioLink(newPage('', blocked))).toBeUndefined();
    const { location, history } = newPage(`#station=radio-lahore&key=${KEY}`);
    expect(takeStudioLink({ location, history, storage: undefined })).toEqual(LINK);
  });
});

describe('what was on air', () => {
  test('can be gone on with for as long as the server waits', () => {
    const storage = newStorage();
    const mark = { station: 'lahore', broadcastId: 'b1', startedAt: 1000, seenAt: 5000 };
    keepLiveMark(storage, mark);
    expect(readLiveMark(storage, 'lahore', 5000 + RESUME_WINDOW_MS)).toEqual(mark);
    expect(readLiveMark(storage, 'lahore', 5001 + RESUME_WINDOW_MS)).toBeUndefined();
    expect(readLiveMark(storage, 'karachi', 5000)).toBeUndefined();
    keepLiveMark(storage, undefined);
    expect(readLiveMark(storage, 'lahore', 5000)).toBeUndefined();
  });
});
