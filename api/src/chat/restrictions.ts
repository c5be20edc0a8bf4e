import { type Actor, AwazError, type ChatRestriction } from '@awaz/infra/contract';
import { chatKeys, type RedisHandle, stationKeys } from '@awaz/infra/redis';
import type { MessageDeletion } from './message-deletion.ts';
import { type ModerationRecorder, noteStep } from './moderation-log.ts';
import {
  liftScript,
  MAX_RESTRICTIONS,
  type RestrictionRecord,
  readRecord,
  restrictScript,
} from './restriction-records.ts';
import { isStaff, type Speaker, wellFormed } from './speaker.ts';

/** What restrictions need. */
export type RestrictionsOptions = {
  handle: RedisHandle;
  audit: ModerationRecorder;
  /** What an account is towards a station. */
  actorOf: (station: string, accountId: string) => Promise<Actor>;
  deletion: Pick<MessageDeletion, 'deleteBy'>;
};

/** Somebody who is to be held back. */
export type NewRestriction = {
  kind: 'mute' | 'ban';
  /** Account or guest id. */
  target: string;
  /** For good when left out. */
  seconds?: number | undefined;
  reason?: string | undefined;
  /** With a ban: also whoever comes from where the target wrote last. */
  address?: boolean | undefined;
  /** Also delete what the target wrote lately. */
  erase?: boolean | undefined;
};

/** What is to be lifted: one kind, or both. */
export type LiftedRestriction = { target: string; kind?: 'mute' | 'ban' | undefined };

/** Where a page of the list ends. */
export type RestrictionPlace = [at: number, field: string];

/** Some restrictions, the newest first, and what to ask the next page with; undefined when there is none. */
export type RestrictionPage = { restrictions: ChatRestriction[]; after: RestrictionPlace | undefined };

/** Mutes and bans: who may not write. Stateless; the script that keeps messages looks at the same records. */
export class Restrictions {
  readonly #options: RestrictionsOptions;

  constructor(options: RestrictionsOptions) {
    this.#options = options;
  }

  /**
   * Mutes or bans somebody, in place of what held them back before in the same way. Throws `forbidden` (they look after the
   * chat themselves), `not_found` (where they wrote from is asked for and not known), `limit_reached`, `unknown_station`.
   */
  async add(station: string, wish: NewRestriction, by: Speaker): Promise<ChatRestriction> {
    const { kind, target, seconds = 0, reason = '', address = false, erase = false } = wish;
    await this.#checkTarget(station, target);
    const { restrictions, people } = chatKeys(station);
    const draft = { kind, target, reason: wellFormed(reason), by: { id: by.id, name: wellFormed(by.name) } };
    const withAddress = kind === 'ban' && address ? 1 : 0;
    const keys = [stationKeys(station).station, restrictions, people];
    const raw = await restrictScript.run(this.#options.handle.commands, keys, [
      JSON.stringify(draft),
      seconds * 1000,
      withAddress,
    ]);
    const restriction = viewOf(recordFrom(String(raw)));
    await noteStep(this.#options.audit, { action: `chat:${kind}`, station, by, target, after: restriction });
    if (erase) await this.#options.deletion.deleteBy(station, target, by);
    return restriction;
  }

  /** Lifts what holds somebody back, one kind or both. Throws `not_found` when nothing does. */
  async lift(station: string, { target, kind }: LiftedRestriction, by: Speaker): Promise<void> {
    const kinds = kind === undefined ? ['mute', 'ban'] : [kind];
    const keys = [chatKeys(station).restrictions];
    const lifted = await liftScript.run(this.#options.handle.commands, keys, [target, ...kinds]);
    if (lifted.length === 0) throw new AwazError('not_found', `Nothing of this kind holds ${target} back.`);
    for (const text of lifted) {
      const before = viewOf(readRecord(String(text)));
      await noteStep(this.#options.audit, { action: `chat:un${before.kind}`, station, by, target, before });
    }
  }

  /** Who is held back now, the newest first. */
  async list(
    station: string,
    { after, limit }: { after?: RestrictionPlace | undefined; limit: number },
  ): Promise<RestrictionPage> {
    const hash = await this.#options.handle.commands.hgetall(chatKeys(station).restrictions);
    const now = Date.now();
    const all = Object.entries(hash)
      .filter(([field]) => !field.startsWith('ban:~'))
      .map(([field, text]) => ({ field, record: readRecord(text) }))
      .filter(({ record }) => record.expiresAt === null || record.expiresAt > now)
      .sort((a, b) => comparePlaces(placeOf(b), placeOf(a)));
    const rest = after === undefined ? all : all.filter((each) => comparePlaces(placeOf(each), after) < 0);
    const page = rest.slice(0, limit);
    const last = page.at(-1);
    const hasMore = rest.length > limit && last !== undefined;
    return { restrictions: page.map(({ record }) => viewOf(record)), after: hasMore ? placeOf(last) : undefined };
  }

  async #checkTarget(station: string, target: string): Promise<void> {
    if (!target.startsWith('a')) return;
    const actor = await this.#options.actorOf(station, target);
    if (!isStaff({ actor })) return;
    throw new AwazError(
      'forbidden',
      'They look after this chat and cannot be held back. Dismiss them as moderator first.',
    );
  }
}

const REFUSALS: Record<string, () => AwazError> = {
  unknown_station: () => new AwazError('unknown_station', 'There is no station by this name.'),
  unknown_address: () => new AwazError('not_found', 'It is not known where they wrote from. Ban them without address.'),
  full: () =>
    new AwazError('limit_reached', `There are ${MAX_RESTRICTIONS} mutes and bans, the most there may be. Lift some.`),
};

function recordFrom(raw: string): RestrictionRecord {
  const refusal = REFUSALS[raw];
  if (refusal !== undefined) throw refusal();
  return readRecord(raw);
}

function viewOf({ address, ...record }: RestrictionRecord): ChatRestriction {
  return { ...record, address: address !== undefined };
}

function placeOf({ field, record }: { field: string; record: RestrictionRecord }): RestrictionPlace {
  return [record.at, field];
}

function comparePlaces(a: RestrictionPlace, b: RestrictionPlace): number {
  return a[0] - b[0] || (a[1] < b[1] ? -1 : Number(a[1] > b[1]));
}
