import { describe, expect, test } from '@jest/globals';
import { parsePushArguments, UsageError } from './push-arguments.ts';

const KEY = 'k'.repeat(32);
const NONE = { key: undefined, server: 'http://localhost:8080' };

describe('the arguments of push', () => {
  test('are a file, a station and a key, and defaults for the rest', () => {
    expect(parsePushArguments(['a.mp3', '--station', 'lahore', '--key', KEY], NONE)).toEqual({
      file: 'a.mp3',
      station: 'lahore',
      servers: ['http://localhost:8080'],
      key: KEY,
      loop: false,
      takeover: false,
      type: undefined,
    });
  });

  test('may come in any order, and win over the environment', () => {
    const argv = [
      '--loop',
      '--server',
      'https://radio.example',
      '--takeover',
      '--station=lahore',
      '-',
      '--type',
      'audio/mpeg',
    ];
    const withFile = argv.map((argument) => (argument === '-' ? 'a.bin' : argument));
    expect(parsePushArguments(withFile, { ...NONE, key: KEY })).toMatchObject({
      file: 'a.bin',
      servers: ['https://radio.example'],
      loop: true,
      takeover: true,
      type: 'audio/mpeg',
      key: KEY,
    });
  });

  test('may name several nodes of the server', () => {
    const argv = ['a.mp3', '--station', 'lahore', '--key', KEY, '--server', 'http://one', '--server', 'https://two'];
    expect(parsePushArguments(argv, NONE)).toMatchObject({ servers: ['http://one', 'https://two'] });
    expect(() => parsePushArguments([...argv, '--server', 'three'], NONE)).toThrow('"three" is not the address');
  });

  test('may name standard input', () => {
    expect(parsePushArguments(['-', '--station', 'lahore', '--key', KEY], NONE)).toMatchObject({ file: '-' });
  });

  test.each([['--help'], ['-h'], ['a.mp3', '--help']])('ask for help by %s %s', (...argv) => {
    expect(parsePushArguments(argv, NONE)).toBe('help');
  });

  test.each([
    [[], 'No FILE'],
    [['a.mp3', 'b.mp3', '--station', 'x', '--key', KEY], '"b.mp3"'],
    [['a.mp3', '--key', KEY], '--station SLUG'],
    [['a.mp3', '--station', 'Radio Lahore', '--key', KEY], '"Radio Lahore" is not the slug'],
    [['a.mp3', '--station', 'lahore'], 'npm run station'],
    [['a.mp3', '--station', 'lahore', '--key', 'short'], 'not a stream key'],
    [['a.mp3', '--station', 'lahore', '--key', KEY, '--server', 'radio.example'], '"radio.example" is not the address'],
    [['-', '--station', 'lahore', '--key', KEY, '--loop'], 'cannot begin again'],
    [['a.mp3', '--wrong'], '--wrong'],
  ])('%j are refused with what to change', (argv, message) => {
    expect(() => parsePushArguments(argv, NONE)).toThrow(UsageError);
    expect(() => parsePushArguments(argv, NONE)).toThrow(message);
  });
});
