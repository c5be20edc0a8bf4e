import type { DeliveryDirectives, MediaPlaylist, PlaylistLine, VariantStream } from '@awaz/transcoder/hls';
import type { TransportFacts, WireRequest } from './http-port.ts';

/** One request and what came of it. */
export type Exchange = {
  request: WireRequest;
  /** 0 when there was no answer; `failure` says why. */
  status: number;
  headers: Readonly<Record<string, string>>;
  protocol: string;
  /** As sent by the server, still compressed. */
  body: Uint8Array;
  /** Ms since 1970: sent, head of the answer there, last byte there. */
  sentAt: number;
  headAt: number;
  endedAt: number;
  /** Why there is no answer, or only a part of it. */
  failure?: string;
};

/** Whether a playlist was asked for while following the live edge, or out of turn. */
export type Errand = 'first' | 'follow' | 'delta' | 'probe' | 'after end';

/** A media playlist as it was answered with 200. */
export type Snapshot = {
  /** Place of the rendition in {@link Observations.renditions}. */
  rendition: number;
  errand: Errand;
  directives: DeliveryDirectives;
  exchange: Exchange;
  text: string;
  /** Empty when the text is no playlist at all. */
  lines: readonly PlaylistLine[];
  /** Undefined when the text could not be parsed: then `fault` says where and why. */
  playlist: MediaPlaylist | undefined;
  fault: { line: number; message: string } | undefined;
};

/** A rendition that was followed. */
export type Rendition = {
  url: string;
  /** Short name for people: the part of the URL that tells it from the others. */
  name: string;
  /** Undefined for a media playlist that was given alone, or that only an `EXT-X-MEDIA` names. */
  variant: VariantStream | undefined;
};

/** Where a part or a segment stands: without `index` it is a segment, without `msn` an init section. */
export type MediaPlace = { msn?: number; index?: number };

/** Why media was asked for. `listed`: as soon as a playlist named it. */
export type MediaErrand = 'listed' | 'hinted' | 'removed' | 'removed long ago' | 'again';

/** Media that was fetched. */
export type MediaFetch = MediaPlace & {
  rendition: number;
  kind: 'init' | 'part' | 'segment';
  errand: MediaErrand;
  /** As the playlist says. */
  durationSeconds: number | undefined;
  exchange: Exchange;
};

/** What a probe is about. */
export type ProbeName =
  | 'stale msn'
  | 'reached msn'
  | 'next segment'
  | 'part beyond the last'
  | 'msn far ahead'
  | 'part far ahead'
  | 'part without msn'
  | 'msn not a number'
  | 'msn negative'
  | 'msn given twice'
  | 'unknown directive'
  | 'other query'
  | 'unknown skip value'
  | 'order one'
  | 'order two'
  | 'repeated one'
  | 'repeated two'
  | 'plain playlist'
  | 'plain playlist uncompressed'
  | 'multivariant head'
  | 'playlist head'
  | 'playlist options'
  | 'init head'
  | 'part range'
  | 'part whole'
  | 'part range beyond'
  | 'part with gzip'
  | 'unknown media'
  | 'after end with directives'
  | 'after end with skip';

/** A request out of turn, and what was known of the playlist when it was sent. */
export type Probe = {
  name: ProbeName;
  rendition: number;
  /** The last complete segment and the parts after it, when it was sent. */
  known: { lastMsn: number; openParts: number };
  directives: DeliveryDirectives;
  exchange: Exchange;
};

/** Everything that a check saw. Rules look at nothing else. */
export type Observations = {
  /** What was asked for. */
  url: string;
  /** Ms since 1970. */
  startedAt: number;
  endedAt: number;
  first: Exchange;
  /** Text of the multivariant playlist; undefined when the URL was that of a media playlist. */
  multivariant: { text: string; lines: readonly PlaylistLine[]; fault: string | undefined } | undefined;
  renditions: readonly Rendition[];
  /** In the order in which they came in. */
  snapshots: readonly Snapshot[];
  media: readonly MediaFetch[];
  probes: readonly Probe[];
  /** All requests, also those that failed. */
  exchanges: readonly Exchange[];
  transport: TransportFacts | undefined;
  /** What else there is to know: caps that were reached, times that are uncertain. */
  remarks: readonly string[];
};
