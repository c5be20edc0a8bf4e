import { randomBytes } from 'node:crypto';
import { type BroadcastRegistry, type OpenResult, publisherToken, type TranscoderRoll } from '@awaz/infra/broadcasts';
import { ChunkLogWriter, type IngestPosition } from '@awaz/infra/chunk-log';
import {
  AwazError,
  BROADCAST_ID_PATTERN,
  type Cut,
  type LateAudio,
  PROFILES,
  type Profile,
  parseLadder,
  type Rung,
} from '@awaz/infra/contract';
import type { ControlBus, RedisHandle } from '@awaz/infra/redis';
import { pause } from '@awaz/infra/runtime';
import type { BroadcastJobs } from './broadcast-jobs.ts';
import type { IngestOpening } from './ingest-input.ts';
import type { ProfileSource } from './profile-source.ts';
import { Publication } from './publication.ts';
import type { PublisherAdmission, PublisherPlace } from './publisher-admission.ts';

/** How long a new broadcast waits for the last one of the station to end, in ms. */
const ENDING_PATIENCE_MS = 5000;

/** Wait between two looks whether it has ended, in ms. */
const ENDING_LOOK_MS = 100;

/** When trying again makes sense, in ms. */
const RETRY_AFTER_MS = { busy: 2000, full: 3000 };

/** What opening a publication needs. */
export type PublicationContext = {
  handle: RedisHandle;
  bus: Pick<ControlBus, 'publish'>;
  registry: BroadcastRegistry;
  roll: TranscoderRoll;
  jobs: BroadcastJobs;
  /** Decides whether this node takes another publisher. */
  admission: PublisherAdmission;
  /** Where the station's profile is read. */
  stations: ProfileSource;
  /** Of new broadcasts. */
  ladder: Rung[];
  /** Of new broadcasts of stations without a profile of their own. */
  cut: Cut;
  /** Whether new broadcasts are recorded, and at which bitrate at most (kbit/s); they are not when left out. */
  archive?: { on: boolean; maxKbps?: number | undefined };
};

/** Who wants to publish what. */
export type PublicationWish = {
  station: string;
  keyId: string;
  opening: IngestOpening;
  /** Taken when there is room; whoever made the wish releases it. */
  place: PublisherPlace;
};

/** A publication, and where its epoch stands; no position: nothing is known of this client from before. */
export type OpenedPublication = {
  publication: Publication;
  /** First chunk to send, in the client's numbers. */
  nextSeq: number;
  /** Whether an epoch goes on that had begun before. */
  continuesEpoch: boolean;
  /** Whether the broadcast had begun before. */
  continuesBroadcast: boolean;
  onAir: boolean;
  before: IngestPosition | undefined;
};

type Grant = Extract<OpenResult, { record: unknown }> & { token: string };

/**
 * Becomes the station's publisher, sees to it that the broadcast has a job, and opens an epoch unless one is resumed.
 * Throws `station_busy`, `server_full` and `resume_refused`.
 */
export async function openPublication(
  context: PublicationContext,
  wish: PublicationWish,
  signal: AbortSignal,
): Promise<OpenedPublication> {
  const grant = await acquire(context, wish, signal);
  try {
    return await opened(context, wish, grant);
  } catch (error) {
    await context.registry.release(wish.station, grant.token).catch(() => undefined); // it runs out by itself
    throw error;
  }
}

/** Looks whether somebody could begin to publish now, and takes the place. Throws `station_busy` and `server_full`. */
export async function requirePlace(
  context: PublicationContext,
  { station, takeover, place }: { station: string; takeover: boolean; place: PublisherPlace },
): Promise<void> {
  if (!takeover && (await context.registry.hasPublisher(station))) throw refusal(station, 'busy');
  await requireRoom(context, station, place);
}

async function opened(context: PublicationContext, wish: PublicationWish, grant: Grant): Promise<OpenedPublication> {
  const { handle, bus, registry, jobs } = context;
  const { station, opening } = wish;
  const { record, token, replacedToken } = grant;
  const { broadcastId } = record;
  await jobs.ensure(station, broadcastId);
  if (replacedToken !== undefined) await bus.publish({ type: 'publisher_replaced', station, token: replacedToken });
  const writer = new ChunkLogWriter(handle, { station, broadcastId, token });
  const before = opening.resume === undefined ? undefined : await writer.position();
  const continuesEpoch = opening.resume?.epoch !== undefined && before !== undefined;
  const logEpoch = continuesEpoch ? before.epoch : `e${randomBytes(6).toString('hex')}`;
  const numbering = continuesEpoch ? before : { clientEpoch: logEpoch, firstSeq: 0 };
  if (!continuesEpoch) await writer.openEpoch(logEpoch, opening.format.mime);
  const begun = grant.outcome === 'opened';
  if (begun) await bus.publish({ type: 'broadcast_started', station, broadcastId });
  const serverNumbers = opening.mode === 'simple';
  const parts = { handle, registry, writer, record, token, begun, logEpoch, numbering, serverNumbers };
  return {
    publication: new Publication(parts),
    nextSeq: continuesEpoch ? before.firstSeq + before.nextSeq : 0,
    continuesEpoch,
    continuesBroadcast: !begun,
    onAir: record.onAir,
    before,
  };
}

async function acquire(context: PublicationContext, wish: PublicationWish, signal: AbortSignal): Promise<Grant> {
  const { registry } = context;
  const { station, keyId, opening, place } = wish;
  const token = publisherToken(keyId);
  const { takeover, resume } = opening;
  if (resume !== undefined && !BROADCAST_ID_PATTERN.test(resume.broadcastId)) throw refusal(station, 'no_broadcast');
  const settings = await settingsOf(context, station);
  const recordedRung = context.archive?.on ? rungFor(settings.ladder, context.archive.maxKbps) : undefined;
  const facts = { token, takeover, ...settings, recordedRung, openedBy: keyId };
  const request = { ...facts, ...(resume === undefined ? {} : { resume }) };
  const deadline = performance.now() + ENDING_PATIENCE_MS;
  for (;;) {
    if (resume === undefined) await requireRoom(context, station, place);
    else place.keep();
    const result = await registry.open(station, request);
    if ('record' in result) return { ...result, token };
    if (result.outcome !== 'ending' || performance.now() > deadline) throw refusal(station, result.outcome);
    await pause(ENDING_LOOK_MS, signal);
    signal.throwIfAborted();
  }
}

type Settings = Profile & { ladder: Rung[]; limiter: boolean; lateAudio: LateAudio };

/** What the station chose, or how this server is set. */
async function settingsOf(context: PublicationContext, station: string): Promise<Settings> {
  const { profile, ladder, limiter = true, lateAudio = 'drop' } = (await context.stations.get(station)) ?? {};
  const { cut, lowLatency } = profile === undefined ? { cut: context.cut, lowLatency: true } : PROFILES[profile];
  return { cut, lowLatency, limiter, lateAudio, ladder: ladder === undefined ? context.ladder : parseLadder(ladder) };
}

/** The best rendition that is not above the bitrate, or the smallest one. */
function rungFor(ladder: Rung[], maxKbps = Number.POSITIVE_INFINITY): number {
  return Math.max(
    0,
    ladder.findLastIndex(({ kbps }) => kbps <= maxKbps),
  );
}

/** A broadcast that is live has its transcoder, or will get the next one; this node takes it however full it is. */
async function requireRoom(context: PublicationContext, station: string, place: PublisherPlace): Promise<void> {
  const { registry } = context;
  if ((await registry.get(station))?.state === 'live') return place.keep();
  place.claim();
  await requireSlot(context);
}

/** Somewhere in the cluster a transcoder has to be free: what nobody carries must not go on air. */
async function requireSlot({ roll, jobs, admission }: PublicationContext): Promise<void> {
  const [living, waiting] = await Promise.all([roll.live(), jobs.waiting()]);
  const free = living.reduce((sum, { slots, busy }) => sum + Math.max(0, slots - busy), 0);
  if (free > waiting) return;
  const slots = living.reduce((sum, beat) => sum + beat.slots, 0);
  const why = slots === 0 ? 'No transcoder is running' : `All ${slots} broadcast slots are taken`;
  admission.foundNoSlot();
  const facts = slots === 0 ? {} : { used: slots, limit: slots };
  throw new AwazError('server_full', `${why}. Try again soon.`, { retryAfterMs: RETRY_AFTER_MS.full, facts });
}

function refusal(station: string, outcome: Exclude<OpenResult['outcome'], 'opened' | 'continued'>): AwazError {
  switch (outcome) {
    case 'no_broadcast':
      return new AwazError(
        'resume_refused',
        `This broadcast of "${station}" is not live. Say hello without resume to begin one.`,
      );
    case 'other_epoch':
      return new AwazError(
        'resume_refused',
        'This epoch is not the open one. Start the recorder anew and resume with broadcastId alone.',
      );
    case 'ending':
      return new AwazError('station_busy', `The last broadcast of "${station}" is still ending. Try again soon.`, {
        retryAfterMs: RETRY_AFTER_MS.busy,
      });
    case 'busy':
      return new AwazError('station_busy', `Somebody else is on air on "${station}". Wait, or connect with takeover.`, {
        retryAfterMs: RETRY_AFTER_MS.busy,
      });
  }
}
