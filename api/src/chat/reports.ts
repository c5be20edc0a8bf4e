import { AwazError, type ChatReport } from '@awaz/infra/contract';
import { appendEventKeys } from '@awaz/infra/events';
import { chatKeys, type RedisHandle, Script } from '@awaz/infra/redis';
import { historyPlace } from './chat-history.ts';
import { FIND_MESSAGE_LUA } from './find-message.ts';
import { type ModerationRecorder, noteStep } from './moderation-log.ts';
import type { Speaker } from './speaker.ts';

/** Reported messages of one station; the one reported first is forgotten beyond it. */
export const MAX_REPORTS = 500;

/** People who are counted for one message. */
export const MAX_REPORTERS = 20;

/** Reasons that are kept of one message. */
const MAX_REASONS = 5;

/** How long reports stay after the last one, in ms. */
const REPORTS_MS = 30 * 24 * 3_600_000;

// KEYS history, events, reports, reported · ARGV message id, its place, who reports, reason
const reportScript = new Script<number>(`${FIND_MESSAGE_LUA}
local text = redis.call('HGET', KEYS[3], ARGV[1])
local report
if text then
  report = cjson.decode(text)
else
  local message = find_message({KEYS[1], KEYS[2]}, ARGV[1], ARGV[2])
  if not message then return 0 end
  report = {message = message, by = {}, reasons = {}}
end
for _, who in ipairs(report.by) do
  if who == ARGV[3] then return 1 end
end
if #report.by >= ${MAX_REPORTERS} then return 1 end
local time = redis.call('TIME')
report.lastAt = time[1] * 1000 + math.floor(time[2] / 1000)
report.firstAt = report.firstAt or report.lastAt
table.insert(report.by, ARGV[3])
if ARGV[4] ~= '' and #report.reasons < ${MAX_REASONS} then table.insert(report.reasons, ARGV[4]) end
redis.call('HSET', KEYS[3], ARGV[1], cjson.encode(report))
redis.call('ZADD', KEYS[4], 'NX', report.firstAt, ARGV[1])
local over = redis.call('ZCARD', KEYS[4]) - ${MAX_REPORTS}
if over > 0 then
  local forgotten = redis.call('ZPOPMIN', KEYS[4], over)
  for i = 1, #forgotten, 2 do redis.call('HDEL', KEYS[3], forgotten[i]) end
end
for i = 3, 4 do redis.call('PEXPIRE', KEYS[i], ${REPORTS_MS}) end
return 1
`);

/** What reports need. */
export type ReportsOptions = { handle: RedisHandle; audit: ModerationRecorder };

/** A message that somebody complains about. */
export type NewReport = { id: string; reason?: string | undefined };

/** Some reports, the newest first; `after` is the id of the last one, undefined when there are no more. */
export type ReportPage = { reports: ChatReport[]; after: string | undefined };

/** Messages that people complained about, until somebody deletes them or lets them be. Stateless. */
export class Reports {
  readonly #options: ReportsOptions;

  constructor(options: ReportsOptions) {
    this.#options = options;
  }

  /** Reports a message; one person counts once. Throws `not_found`. */
  async add(station: string, { id, reason = '' }: NewReport, by: Pick<Speaker, 'id'>): Promise<void> {
    const place = historyPlace(id);
    const { history, reports, reported } = chatKeys(station);
    const [events = ''] = appendEventKeys(station);
    const keys = [history, events, reports, reported];
    const values = [id, place ?? '0-1', by.id, reason];
    if ((await reportScript.run(this.#options.handle.commands, keys, values)) === 0) throw notFound();
  }

  /** Reported messages, that of the newest first report first; `after` is the id of the last one of the page before. */
  async list(station: string, { after, limit }: { after?: string | undefined; limit: number }): Promise<ReportPage> {
    const { reports, reported } = chatKeys(station);
    const { commands } = this.#options.handle;
    const rank = after === undefined ? -1 : await commands.zrevrank(reported, after);
    const from = (rank ?? -1) + 1;
    const ids = await commands.zrevrange(reported, from, from + limit - 1);
    const texts = ids.length === 0 ? [] : await commands.hmget(reports, ...ids);
    const found = texts.flatMap((text) => (text === null ? [] : [reportOf(text)]));
    return { reports: found, after: ids.length < limit ? undefined : ids.at(-1) };
  }

  /** Lets a reported message be. Throws `not_found`. */
  async dismiss(station: string, id: string, by: Speaker): Promise<void> {
    const { reports, reported } = chatKeys(station);
    const { handle, audit } = this.#options;
    await handle.commands.zrem(reported, id);
    if ((await handle.commands.hdel(reports, id)) === 0) throw notFound();
    await noteStep(audit, { action: 'chat:report:dismiss', station, by, target: id });
  }
}

type ReportRecord = Omit<ChatReport, 'count'> & { by: string[] };

/** Lua writes an empty list as an empty object. */
function reportOf(text: string): ChatReport {
  const { message, by, reasons, firstAt, lastAt } = JSON.parse(text) as ReportRecord;
  return { message, count: by.length, reasons: Array.isArray(reasons) ? reasons : [], firstAt, lastAt };
}

function notFound(): AwazError {
  return new AwazError('not_found', 'There is no such message; it may have been deleted already.');
}
