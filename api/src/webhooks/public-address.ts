import { type LookupAddress, lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Addresses that are not of the public internet (IANA special-purpose address registries, RFC 6890). */
const SPECIAL_IPV4: readonly [string, number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

/** The same of IPv6. Only 2000::/3 is public, save for what is taken out of it: IPv4 addresses hide in some of these. */
const SPECIAL_IPV6: readonly [string, number][] = [
  ['::', 3],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
  ['4000::', 2],
  ['8000::', 1],
];

// One list for each family: Node takes an IPv4 address for its IPv6 form where it looks for it among those of IPv6.
const special = { ipv4: new BlockList(), ipv6: new BlockList() };
for (const [net, prefix] of SPECIAL_IPV4) special.ipv4.addSubnet(net, prefix, 'ipv4');
for (const [net, prefix] of SPECIAL_IPV6) special.ipv6.addSubnet(net, prefix, 'ipv6');

/** Whether an address is one of the public internet. An IPv4 address inside an IPv6 one (`::ffff:…`) is not. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0 || address.includes('%')) return false; // a zone is of this machine's own networks
  const name = family === 4 ? 'ipv4' : 'ipv6';
  return !special[name].check(address, name);
}

/** The host of a URL if it is an address: without the brackets of IPv6; undefined for a name. */
export function literalAddress(url: URL): string | undefined {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(host) === 0 ? undefined : host;
}

/** Somebody wanted to reach an address that is not public. */
export class NotPublicError extends Error {
  constructor(host: string) {
    super(`${host} is no address of the public internet`);
    this.name = 'NotPublicError';
  }
}

/**
 * Looks names up as Node does and leaves out addresses that are not public. What it gives is what is connected to, so a
 * name that changes its address in between gains nothing. Fails with a {@link NotPublicError} when none is left.
 */
export const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error !== null) return callback(error, '', 0);
    const open = addresses.filter(({ address }) => isPublicAddress(address));
    const [first] = open;
    if (first === undefined) return callback(new NotPublicError(hostname), '', 0);
    if (options.all) callback(null, open);
    else callback(null, first.address, first.family);
  });
};
