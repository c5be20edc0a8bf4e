import { type RedisHandle, Script, TRANSCODERS_KEY } from '../redis/index.ts';

/** How often a transcoder says that it lives, in ms. */
export const TRANSCODER_BEAT_MS = 1000;

/** How long a transcoder counts as living after its last word, in ms. */
export const TRANSCODER_LIFE_MS = 3500;

/** What a transcoder says of itself. */
export type TranscoderBeat = {
  /** Unique among all transcoders, new with each start. */
  id: string;
  /** Broadcasts it takes at the same time. */
  slots: number;
  /** Broadcasts it carries now. */
  busy: number;
};

// KEYS transcoders · ARGV id, beat without time. Redis's clock is the one that all programs share.
const beatScript = new Script<number>(`
local t = redis.call('TIME')
return redis.call('HSET', KEYS[1], ARGV[1], (t[1] * 1000 + math.floor(t[2] / 1000)) .. ' ' .. ARGV[2])
`);

// KEYS transcoders · ARGV lifeMs. Answer: the beats of the living; the dead are forgotten.
const liveScript = new Script<Buffer[]>(`
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local all = redis.call('HGETALL', KEYS[1])
local living = {}
for i = 1, #all, 2 do
  local at, beat = string.match(all[i + 1], '^(%d+) (.*)$')
  if at and now - tonumber(at) <= tonumber(ARGV[1]) then living[#living + 1] = beat else redis.call('HDEL', KEYS[1], all[i]) end
end
return living
`);

/** Which transcoders live and how much they can still take. Stateless; the truth is in Redis. */
export class TranscoderRoll {
  readonly #handle: RedisHandle;

  constructor(handle: RedisHandle) {
    this.#handle = handle;
  }

  /** Says that a transcoder lives; to be repeated every {@link TRANSCODER_BEAT_MS}, and at once when `busy` changes. */
  async beat(beat: TranscoderBeat): Promise<void> {
    await beatScript.run(this.#handle.commands, [TRANSCODERS_KEY], [beat.id, JSON.stringify(beat)]);
  }

  /** Takes a transcoder off the roll. */
  async leave(id: string): Promise<void> {
    await this.#handle.commands.hdel(TRANSCODERS_KEY, id);
  }

  /** All that said a word within {@link TRANSCODER_LIFE_MS}. */
  async live(): Promise<TranscoderBeat[]> {
    const beats = await liveScript.run(this.#handle.commands, [TRANSCODERS_KEY], [TRANSCODER_LIFE_MS]);
    return beats.map((beat) => JSON.parse(String(beat)) as TranscoderBeat);
  }

  /** Broadcasts that could be taken at once. */
  async freeSlots(): Promise<number> {
    return (await this.live()).reduce((sum, { slots, busy }) => sum + Math.max(0, slots - busy), 0);
  }
}
