import { type AuditEntry, AwazError } from '@awaz/infra/contract';
import { AUDIT_KEYS, type RedisHandle } from '@awaz/infra/redis';
import { Counter, type Logger, type Registry } from '@awaz/infra/runtime';
import type { Caller } from '../auth/index.ts';

/** Entries of the whole log; the oldest go first. */
export const MAX_AUDIT_ENTRIES = 50_000;

/** Entries kept for one station. */
export const MAX_STATION_AUDIT_ENTRIES = 5000;

/** Most characters of what something was before or after. */
const MAX_DETAIL_CHARACTERS = 4000;

/** What somebody did, for the log. */
export type AuditRecord = {
  /** Who did it: account, or stream key. */
  by: { id: string; name: string };
  /** What was done, by the name of its action or event: `admin.user_changed`, `chat:ban`. */
  action: string;
  /** Station it was done on, if it was one. */
  station?: string | undefined;
  /** What it was done to: account, message, key. */
  target?: string | undefined;
  address: string;
  /** How it was before and after, as far as it tells something; no secrets. */
  before?: unknown;
  after?: unknown;
};

/** Where others tell what was done. */
export type AuditRecorder = Pick<AuditLog, 'record'>;

/** What the log needs. */
export type AuditLogOptions = { handle: RedisHandle; logger: Logger; metrics: Registry };

/** What owners, moderators and administrators did: capped streams in Redis, one of all and one for each station. */
export class AuditLog {
  readonly #handle: RedisHandle;
  readonly #logger: Logger;
  readonly #lost: Counter;

  constructor({ handle, logger, metrics }: AuditLogOptions) {
    this.#handle = handle;
    this.#logger = logger;
    this.#lost = new Counter({
      name: 'awaz_audit_lost_total',
      help: 'Entries of the audit log that could not be kept; they are in the log of the program',
      registers: [metrics],
    });
  }

  /** Notes what was done. Never rejects: what is done is done; an entry that cannot be kept is logged. */
  async record({ by, action, station, target, address, before, after }: AuditRecord): Promise<void> {
    const kept = { by, action, station, target, address, before: shortened(before), after: shortened(after) };
    const entry = JSON.stringify({ ...kept, at: Date.now() });
    try {
      const streams: { key: string; most: number }[] = [{ key: AUDIT_KEYS.all, most: MAX_AUDIT_ENTRIES }];
      if (station !== undefined) streams.push({ key: AUDIT_KEYS.station(station), most: MAX_STATION_AUDIT_ENTRIES });
      for (const { key, most } of streams) {
        await this.#handle.commands.xadd(key, 'MAXLEN', '~', most, '*', 'entry', entry);
      }
    } catch (error) {
      this.#lost.inc();
      this.#logger.error({ err: error, entry }, 'an entry of the audit log could not be kept');
    }
  }

  /** Entries from the newest to the oldest, of a station or of all; `before` is the id of the last one of the page before. */
  async list(wish: {
    station?: string | undefined;
    before?: string | undefined;
    limit: number;
  }): Promise<AuditEntry[]> {
    const { station, before, limit } = wish;
    if (before !== undefined && !/^\d{1,15}-\d{1,10}$/.test(before)) {
      throw new AwazError('bad_request', 'query cursor: is none of this list. Start again without it.');
    }
    const key = station === undefined ? AUDIT_KEYS.all : AUDIT_KEYS.station(station);
    const from = before === undefined ? '+' : `(${before}`;
    const raw = await this.#handle.commands.xrevrange(key, from, '-', 'COUNT', limit);
    return raw.map(([id, [, text = '{}']]) => ({ id, ...(JSON.parse(text) as Omit<AuditEntry, 'id'>) }));
  }
}

function shortened(detail: unknown): unknown {
  const text = JSON.stringify(detail);
  return text === undefined || text.length <= MAX_DETAIL_CHARACTERS
    ? detail
    : `${text.slice(0, MAX_DETAIL_CHARACTERS)}…`;
}

/** The part of a record that tells who did it from where. */
export function auditedBy(caller: Caller, address: string): Pick<AuditRecord, 'by' | 'address'> {
  if (caller.kind === 'account') return { by: { id: caller.account.id, name: caller.account.name }, address };
  if (caller.kind === 'stream_key') return { by: { id: `key:${caller.keyId}`, name: 'stream key' }, address };
  return { by: { id: caller.guest?.id ?? 'guest', name: caller.guest?.name ?? 'guest' }, address };
}
