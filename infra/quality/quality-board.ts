import { type RedisHandle, Script, stationKeys } from '../redis/index.ts';

/** How long figures count after they were told, in ms; they are told each second. */
export const QUALITY_FRESH_MS = 4000;

/** Who tells figures: ingest, the encoder, or a process for the listeners that it has heard of. */
export type QualitySource = 'ingest' | 'encoder' | `listeners:${string}`;

const NOW = `local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

// KEYS quality · ARGV source, figures, freshMs, another source or ''. Answer: what that one told, '' when that is old.
const tellScript = new Script<Buffer>(`${NOW}
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f ', now) .. ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
local told = ARGV[4] ~= '' and redis.call('HGET', KEYS[1], ARGV[4])
if not told then return '' end
local at, figures = string.match(told, '^(%d+) (.*)$')
return now - tonumber(at) > tonumber(ARGV[3]) and '' or figures
`);

// KEYS quality · ARGV freshMs. Answer: sources and their figures in turn; what is old is taken out.
const readScript = new Script<Buffer[]>(`${NOW}
local all, fresh = redis.call('HGETALL', KEYS[1]), {}
for i = 1, #all, 2 do
  local at, figures = string.match(all[i + 1], '^(%d+) (.*)$')
  if now - tonumber(at) > tonumber(ARGV[1]) then redis.call('HDEL', KEYS[1], all[i])
  else
    fresh[#fresh + 1] = all[i]
    fresh[#fresh + 1] = figures
  end
end
return fresh
`);

/**
 * The newest figures of each station, from wherever they are measured. What nobody tells again is gone after
 * {@link QUALITY_FRESH_MS}. Stateless; rejects with Redis's own error.
 */
export class QualityBoard {
  readonly #handle: RedisHandle;

  constructor(handle: RedisHandle) {
    this.#handle = handle;
  }

  /** Tells figures, in place of those that the same source told before. */
  async tell(station: string, source: QualitySource, figures: object): Promise<void> {
    await this.#tell(station, [source, JSON.stringify(figures), QUALITY_FRESH_MS, '']);
  }

  /** Tells figures and returns those of the other source; undefined when it told nothing lately. */
  async exchange(
    station: string,
    { source, figures, other }: { source: QualitySource; figures: object; other: QualitySource },
  ): Promise<unknown> {
    const told = await this.#tell(station, [source, JSON.stringify(figures), QUALITY_FRESH_MS, other]);
    return told === '' ? undefined : JSON.parse(told);
  }

  async #tell(station: string, values: (string | number)[]): Promise<string> {
    return String(await tellScript.run(this.#handle.commands, [stationKeys(station).quality], values));
  }

  /** What is known now: figures by source, as they were told. */
  async read(station: string): Promise<Map<QualitySource, unknown>> {
    const pairs = await readScript.run(this.#handle.commands, [stationKeys(station).quality], [QUALITY_FRESH_MS]);
    const known = new Map<QualitySource, unknown>();
    for (let at = 0; at + 1 < pairs.length; at += 2) {
      known.set(String(pairs[at]) as QualitySource, JSON.parse(String(pairs[at + 1])));
    }
    return known;
  }
}
