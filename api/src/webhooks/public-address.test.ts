import { describe, expect, it } from '@jest/globals';
import { isPublicAddress, literalAddress, lookupPublic, NotPublicError } from './public-address.ts';

const PRIVATE = [
  ...['0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '127.255.255.254', '169.254.169.254', '172.16.0.1'],
  ...['172.31.255.255', '192.168.1.1', '192.0.0.8', '198.18.0.1', '224.0.0.1', '255.255.255.255'],
  ...['::', '::1', '::ffff:127.0.0.1', '::ffff:8.8.8.8', '::127.0.0.1', '64:ff9b::7f00:1', 'fe80::1', 'fc00::1'],
  ...['fd12:3456::1', 'ff02::1', '2001:db8::1', '2002:7f00:1::', '2001::1', '', 'localhost', '1.2.3', '1.2.3.4.5'],
];
const PUBLIC = ['8.8.8.8', '1.1.1.1', '172.15.0.1', '172.32.0.1', '100.63.0.1', '2606:4700::1111', '2a00:1450:4001::1'];

const look = (name: string, all: boolean) =>
  new Promise<unknown>((resolve) => {
    lookupPublic(name, { all }, (error, address) => resolve(error ?? address));
  });

describe('isPublicAddress', () => {
  it('knows addresses of the public internet from all others', () => {
    expect(PRIVATE.filter(isPublicAddress)).toEqual([]);
    expect(PUBLIC.filter(isPublicAddress)).toEqual(PUBLIC);
  });

  it('sees through the ways in which a URL may write an address', () => {
    const urls = [
      'http://2130706433/',
      'http://0x7f.1/',
      'http://127.1/',
      'http://[::ffff:7f00:1]/',
      'http://[::1]:80/',
    ];
    for (const url of urls) expect(isPublicAddress(literalAddress(new URL(url)) ?? '8.8.8.8')).toBe(false);
    expect(literalAddress(new URL('http://example.org/'))).toBeUndefined();
  });
});

describe('lookupPublic', () => {
  it('refuses a name that leads to this machine, however it is asked', async () => {
    for (const all of [true, false]) expect(await look('localhost', all)).toBeInstanceOf(NotPublicError);
  });

  it('gives public addresses in the shape that was asked for', async () => {
    expect(await look('8.8.8.8', true)).toEqual([{ address: '8.8.8.8', family: 4 }]);
    expect(await look('8.8.8.8', false)).toBe('8.8.8.8');
  });
});
