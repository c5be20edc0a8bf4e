import type { ProgrammeMetadata, Track } from '../contract/index.ts';
import type { StreamEntry } from '../redis/index.ts';

/** What changes in a programme: what is left out stays, null takes it away. */
export type ProgrammeChange = { show?: string | null; host?: string | null; track?: Track | null };

/** A title that was set and has not been published yet. */
export type TitleRequest = {
  /** Id of its entry in Redis; grows with the order in which titles were set. */
  id: string;
  /** Server time at which the audio that it belongs to was or will be captured, ms since 1970. */
  capturedAt: number;
  change: ProgrammeChange;
};

/** A programme as it was published, from a place on. */
export type PublishedProgramme = ProgrammeMetadata & {
  /** Server time at which the part that holds the place was published, ms since 1970. */
  publishedAt: number;
};

/** Fields of the stream entry; {@link parseTitleRequest} reads them. */
export function titleRequestFields({ capturedAt, change }: Omit<TitleRequest, 'id'>): string[] {
  return ['t', String(capturedAt), 'c', JSON.stringify(change)];
}

/** Reads an entry back from Redis; undefined when it is of a kind this version does not know. */
export function parseTitleRequest({ id, fields }: StreamEntry): TitleRequest | undefined {
  const capturedAt = Number(fields.get('t'));
  const change = fields.get('c');
  if (change === undefined || !Number.isFinite(capturedAt)) return undefined;
  return { id, capturedAt, change: JSON.parse(String(change)) as ProgrammeChange };
}

/** Sorts requests into the order in which they become audible. */
export function inOrderOfCapture(a: TitleRequest, b: TitleRequest): number {
  return a.capturedAt - b.capturedAt || compareIds(a.id, b.id);
}

/** The programme after a change, from a place on. */
export function changedProgramme(
  before: ProgrammeMetadata | undefined,
  change: ProgrammeChange,
  place: Pick<PublishedProgramme, 'at' | 'publishedAt'>,
): PublishedProgramme {
  const { show = before?.show ?? null, host = before?.host ?? null, track = before?.track ?? null } = change;
  return { show, host, track, ...place };
}

function compareIds(a: string, b: string): number {
  const [aMs = 0, aN = 0] = a.split('-').map(Number);
  const [bMs = 0, bN = 0] = b.split('-').map(Number);
  return aMs - bMs || aN - bN;
}
