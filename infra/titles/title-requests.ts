import { AwazError } from '../contract/index.ts';
import { broadcastKeys, type RedisHandle, readStream, Script, stationKeys } from '../redis/index.ts';
import { type PublishedProgramme, parseTitleRequest, type TitleRequest, titleRequestFields } from './title-request.ts';

/** Most titles of one broadcast that wait to be published; the next one is refused. */
export const MAX_WAITING_TITLES = 100;

/** How long titles that nobody publishes stay, in ms: a little more than they may be set ahead. */
const WAITING_TITLES_TTL_MS = 25 * 3_600_000;

/** Field of a broadcast's facts in which the programme that was published last stands. */
export const PROGRAMME_FIELD = 'programme';

// KEYS live, titles · ARGV broadcastId, most, ttl, fields…
const addScript = new Script<Buffer>(`
if redis.call('HGET', KEYS[1], 'broadcastId') ~= ARGV[1] or redis.call('HGET', KEYS[1], 'state') ~= 'live' then return 'off_air' end
if redis.call('XLEN', KEYS[2]) >= tonumber(ARGV[2]) then return 'full' end
local id = redis.call('XADD', KEYS[2], '*', unpack(ARGV, 4))
redis.call('PEXPIRE', KEYS[2], ARGV[3])
return id
`);

/** A programme as far as it is published, and what was set and waits. */
export type ProgrammeState = {
  /** What was published last; undefined before the first title. Its `at` may be a moment ahead. */
  published: PublishedProgramme | undefined;
  /** In the order in which they were set. */
  waiting: TitleRequest[];
};

/**
 * Titles on their way from whoever sets them to the worker that publishes them with the sound. Stateless; the truth is in
 * Redis, where a title stays until it is published.
 */
export class TitleRequests {
  readonly #handle: RedisHandle;

  constructor(handle: RedisHandle) {
    this.#handle = handle;
  }

  /**
   * Sets a title of the broadcast that is on air. Throws an `AwazError`: `off_air` when none is, `limit_reached` when too
   * many titles wait.
   */
  async add(station: string, request: Omit<TitleRequest, 'id'>): Promise<TitleRequest> {
    const { live } = stationKeys(station);
    const broadcastId = await this.#handle.commands.hget(live, 'broadcastId');
    if (broadcastId === null) throw offAir(station);
    const { titles } = broadcastKeys(station, broadcastId);
    const values = [broadcastId, MAX_WAITING_TITLES, WAITING_TITLES_TTL_MS, ...titleRequestFields(request)];
    const answer = String(await addScript.run(this.#handle.commands, [live, titles], values));
    if (answer === 'off_air') throw offAir(station);
    if (answer === 'full') {
      throw new AwazError('limit_reached', `${MAX_WAITING_TITLES} titles wait already; set the next one later.`);
    }
    return { id: answer, ...request };
  }

  /** What is published and what waits in a broadcast. */
  async state(broadcast: { station: string; broadcastId: string }): Promise<ProgrammeState> {
    const { meta, titles } = broadcastKeys(broadcast.station, broadcast.broadcastId);
    const [published, entries] = await Promise.all([
      this.#handle.commands.hget(meta, PROGRAMME_FIELD),
      readStream(this.#handle.commands, titles, { from: '-', to: '+', count: MAX_WAITING_TITLES }),
    ]);
    return {
      published: published === null ? undefined : (JSON.parse(published) as PublishedProgramme),
      waiting: entries.map(parseTitleRequest).filter((request) => request !== undefined),
    };
  }
}

function offAir(station: string): AwazError {
  return new AwazError('off_air', `The station ${station} is off air; set titles while it broadcasts.`);
}
