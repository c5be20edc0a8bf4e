/** One server, as programs find it. */
export type RedisNode = { host: string; port: number };

/** What an address of Redis says. */
export type RedisAddress =
  /** One server: `url` is for ioredis. */
  | { kind: 'single'; url: string }
  /** A Redis Cluster; any of its nodes tells of the others. */
  | { kind: 'cluster'; nodes: RedisNode[]; access: RedisAccess }
  /** One master, and sentinels that know which one it is. */
  | { kind: 'sentinel'; nodes: RedisNode[]; master: string; database: number; access: RedisAccess };

/** How servers let somebody in. */
export type RedisAccess = { username?: string; password?: string; isTls: boolean };

/** Forms that an address may have, for people. */
export const REDIS_ADDRESS_FORMS =
  'redis://…, rediss://…, unix:/path, redis-cluster://HOST:PORT,HOST:PORT nor redis-sentinel://HOST:PORT,HOST:PORT/MASTER';

const SINGLE = /^(rediss?:\/\/|unix:|\/)/;

const MANY =
  /^(?<scheme>rediss?)-(?<kind>cluster|sentinel):\/\/(?:(?<user>[^:@/]*):(?<word>[^@/]*)@)?(?<hosts>[^/@?#]+)(?:\/(?<master>[^/?#]*)(?:\/(?<database>\d{1,3}))?)?$/;

/**
 * Reads an address: `redis://`, `rediss://` (TLS), `unix:/path`, `redis-cluster://[USER:PASSWORD@]HOST:PORT,…` or
 * `redis-sentinel://[USER:PASSWORD@]HOST:PORT,…/MASTER[/DATABASE]` (`rediss-…` for TLS). Undefined when it is none.
 */
export function parseRedisAddress(text: string): RedisAddress | undefined {
  if (SINGLE.test(text)) return { kind: 'single', url: text };
  const found = MANY.exec(text)?.groups;
  if (found === undefined) return undefined;
  const { scheme, kind, user, word, hosts = '', master, database } = found;
  const nodes = hosts.split(',').map((host) => parseNode(host, kind === 'cluster' ? 6379 : 26_379));
  if (nodes.some((node) => node === undefined)) return undefined;
  const known = nodes as RedisNode[];
  const access: RedisAccess = {
    isTls: scheme === 'rediss',
    ...(user ? { username: decodeURIComponent(user) } : {}),
    ...(word ? { password: decodeURIComponent(word) } : {}),
  };
  if (kind === 'cluster') return master ? undefined : { kind, nodes: known, access };
  if (!master) return undefined;
  return { kind: 'sentinel', nodes: known, master, database: Number(database ?? 0), access };
}

function parseNode(text: string, usualPort: number): RedisNode | undefined {
  const [, host, port] = /^(\[[0-9a-fA-F:]+\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(text.trim()) ?? [];
  if (host === undefined || Number(port) > 65_535) return undefined;
  return { host: host.replace(/^\[|\]$/g, ''), port: port === undefined ? usualPort : Number(port) };
}
