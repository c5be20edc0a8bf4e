import { createHash } from 'node:crypto';
import { AwazError } from '@awaz/infra/contract';
import { type RedisHandle, Script, stationKeys } from '@awaz/infra/redis';

/** Length of a picture's hash, in hex digits: 128 bits. */
const HASH_LENGTH = 32;

// KEYS station, artwork · ARGV hash, bytes. Keeps a picture beside the one that the station has, for pages that still show
// that one; older ones go. 0 when there is no station.
const keepScript = new Script<number>(`
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local current = redis.call('HGET', KEYS[1], 'artwork')
for _, hash in ipairs(redis.call('HKEYS', KEYS[2])) do
  if hash ~= ARGV[1] and hash ~= current then redis.call('HDEL', KEYS[2], hash) end
end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
return 1
`);

/** Pictures of stations, where all API processes read them: two of a station at most. Stateless; the truth is in Redis. */
export class ArtworkStore {
  readonly #handle: RedisHandle;

  constructor(handle: RedisHandle) {
    this.#handle = handle;
  }

  /** Keeps a picture; returns the hash that names it. Throws `unknown_station`. */
  async keep(station: string, picture: Buffer): Promise<string> {
    const hash = createHash('sha256').update(picture).digest('hex').slice(0, HASH_LENGTH);
    const keys = stationKeys(station);
    if ((await keepScript.run(this.#handle.commands, [keys.station, keys.artwork], [hash, picture])) === 0) {
      throw new AwazError('unknown_station', `There is no station "${station}".`);
    }
    return hash;
  }

  /** A picture, and whether everybody may know of its station; undefined when there is none. */
  async read(station: string, hash: string): Promise<{ picture: Buffer; isPublic: boolean } | undefined> {
    const keys = stationKeys(station);
    const [picture, isPublic] = await Promise.all([
      this.#handle.commands.hgetBuffer(keys.artwork, hash),
      this.#handle.commands.hget(keys.station, 'public'),
    ]);
    return picture === null ? undefined : { picture, isPublic: isPublic === '1' };
  }
}
