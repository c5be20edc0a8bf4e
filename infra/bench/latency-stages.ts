import { type ClickPair, type HeardClick, matchClicks } from '../e2e/clicks.ts';
import type { ProbeRecord } from '../e2e/page-probe.ts';
import { type LogRecord, partMs, type StreamClick } from './latency-record.ts';
import { mean } from './stats.ts';

/** Where the time of a click goes, in ms; together they are its whole delay. */
export type Stages = {
  /** Microphone, recorder's frame, uplink, until its chunk is in the chunk log. */
  stored: number;
  /** Encoder and publication, without the wait for the rest of the part. */
  encoded: number;
  /** A part is published when its last sample is there, and played from its first. */
  part: number;
  /** From publication until the player has the part in its buffer. */
  appended: number;
  /** What the player keeps ahead of the playhead. */
  buffered: number;
};

/** Stages in the order in which a click passes them, with their names. */
export const STAGE_NAMES: readonly [keyof Stages, string][] = [
  ['stored', 'capture, recorder, uplink, until stored'],
  ['encoded', 'encode until published'],
  ['part', 'part length'],
  ['appended', 'playlist, fetch, append'],
  ['buffered', 'player buffer'],
];

/** A click in the stream together with when it was said. */
export type TracedClick = { said: HeardClick; stream: StreamClick; storedAt: number };

/** How much earlier than it was said a click's programme date-time may be, in ms. */
const DATE_SLACK_MS = 1000;

/** Finds each said click in the stream, and the chunk that brought it. */
export function traceClicks(
  said: readonly HeardClick[],
  clicks: readonly StreamClick[],
  log: LogRecord,
): TracedClick[] {
  const moved = new Map(clicks.map((stream) => [{ at: stream.at + DATE_SLACK_MS, hz: stream.hz }, stream]));
  return matchClicks(said, [...moved.keys()]).pairs.flatMap(({ said, heard }) => {
    const stream = moved.get(heard);
    const chunk = log.chunks.find(({ capturedAt }) => capturedAt >= said.at);
    return stream === undefined || chunk === undefined ? [] : [{ said, stream, storedAt: chunk.storedAt }];
  });
}

/** The stages of one heard click; undefined when the fetch of its part was not seen. */
export function stagesOf(
  pair: ClickPair,
  { traced, log, player }: { traced: readonly TracedClick[]; log: LogRecord; player: ProbeRecord },
): Stages | undefined {
  const trace = traced.find(({ said }) => said === pair.said);
  const appendedAt = trace && appendOf(trace.stream, log, player);
  if (trace === undefined || appendedAt === undefined) return undefined;
  const { part, intoPartMs } = trace.stream;
  const restOfPartMs = partMs(part) - intoPartMs;
  return {
    stored: trace.storedAt - pair.said.at,
    encoded: part.publishedAt - trace.storedAt - restOfPartMs,
    part: partMs(part),
    appended: appendedAt - part.publishedAt,
    buffered: pair.heard.at - appendedAt - intoPartMs,
  };
}

/** When the part, or the segment around it, was in the page's buffer. */
function appendOf({ part }: StreamClick, log: LogRecord, player: ProbeRecord): number | undefined {
  const names = [`/${part.msn}.${part.index}.m4s`, `/${part.msn}.m4s`];
  const fetched = player.fetches.find(({ url }) => names.some((name) => url.includes(name)));
  if (fetched === undefined) return undefined;
  const rung = log.ladder.findIndex(({ name }) => fetched.url.includes(`/${name}/`));
  const bytes = part.payloads[rung]?.length;
  const append = player.appends.find(
    (one) => one.bytes === bytes && one.at >= fetched.at - 1 && one.at < fetched.at + 500,
  );
  return append?.at ?? fetched.at;
}

/** Means of the stages; they add up to the mean delay of the clicks they were taken from. */
export function meanStages(stages: readonly Stages[]): Stages {
  const entries = STAGE_NAMES.map(([stage]) => [stage, mean(stages.map((one) => one[stage]))]);
  return Object.fromEntries(entries) as Stages;
}
