import type { DeliveryDirectives } from './delivery-directives.ts';
import type { Seconds } from './seconds.ts';

/** How far a rendition has got: what blocking reloads and preload hints are judged by. */
export type PlaylistEdge = {
  /** Media sequence number of the last complete segment; -1 before the first. */
  lastMsn: number;
  /** Parts in that segment. */
  lastMsnParts: number;
  /** Parts that exist of the segment after it. */
  openParts: number;
  /** Parts in a segment of full length. */
  partsPerSegment: number;
  partTarget: Seconds;
  /** Whether nothing will be added. */
  ended: boolean;
};

/** What a held request waits for: a part, or a whole segment where `part` is left out. */
export type ReloadTarget = { msn: number; part?: number };

/** What to do with a playlist request. */
export type ReloadVerdict =
  | { kind: 'answer' }
  | { kind: 'hold'; until: ReloadTarget }
  /** Answer with 400. */
  | { kind: 'refuse'; reason: string };

const ANSWER: ReloadVerdict = { kind: 'answer' };

/** Judges the directives of a playlist request (RFC 8216bis 6.2.5.2) at the current edge. */
export function judgeReload({ msn, part }: DeliveryDirectives, edge: PlaylistEdge): ReloadVerdict {
  // "A Server MUST ignore _HLS_msn and _HLS_part if the Playlist contains an EXT-X-ENDLIST tag."
  if (edge.ended || msn === undefined) return ANSWER;
  const target: ReloadTarget = part === undefined ? { msn } : { msn, part };
  // "The Server MUST deliver the entire Playlist, even if the requested Media Segment is not the last one in the
  // Playlist, and even if it is no longer in the Playlist."
  if (isReached(target, edge)) return ANSWER;
  // "If the _HLS_msn is greater than the Media Sequence Number of the last Media Segment in the current Playlist plus
  // two, or if the _HLS_part exceeds the last Partial Segment in the current Playlist by the Advance Part Limit, then the
  // server SHOULD immediately return Bad Request, such as HTTP 400."
  if (msn > edge.lastMsn + 2) return { kind: 'refuse', reason: `_HLS_msn ${msn} is too far ahead of ${edge.lastMsn}` };
  if (part !== undefined && msn > edge.lastMsn && partsAhead(msn, part, edge) > advancePartLimit(edge.partTarget)) {
    return { kind: 'refuse', reason: `_HLS_part ${part} of ${msn} is too far ahead` };
  }
  return { kind: 'hold', until: target };
}

/** Whether a held request may be answered. */
export function isReached({ msn, part }: ReloadTarget, edge: PlaylistEdge): boolean {
  // "… the Server MUST defer responding to the request until the Playlist contains a Media Segment with a Media Sequence
  // Number of M or later or it responds with an error."
  if (part === undefined) return edge.lastMsn >= msn;
  // "… until the Playlist contains the Partial Segment with Part Index N and with a Media Sequence Number of M or later."
  if (msn < edge.lastMsn) return true;
  if (msn > edge.lastMsn) return msn === edge.lastMsn + 1 && part < edge.openParts;
  // "If the Client requests a Part Index greater than that of the final Partial Segment of the Parent Segment, the Server
  // MUST treat the request as one for Part Index 0 of the following Parent Segment."
  return part < edge.lastMsnParts || edge.openParts > 0;
}

function partsAhead(msn: number, part: number, edge: PlaylistEdge): number {
  const openMsn = edge.lastMsn + 1;
  return (msn - openMsn) * edge.partsPerSegment + part - (edge.openParts - 1);
}

/** "The Advance Part Limit is three divided by the Part Target Duration if the Part Target Duration is less than one second, or three otherwise." */
export function advancePartLimit(partTarget: Seconds): number {
  return partTarget < 1 ? 3 / partTarget : 3;
}
