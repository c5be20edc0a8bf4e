import type { AwazError } from '@awaz/infra/contract';
import type { Answer } from './answer.ts';
import { problemAnswer } from './answer-headers.ts';
import type { BroadcastTail } from './broadcast-tail.ts';
import type { Exchange } from './exchange.ts';
import { askedSession, sessionOf } from './listener-session.ts';
import type { StationPath } from './origin-path.ts';

/** Decides whether this node takes another listener. Sessions that listen already are never refused. */
export type ListenerDoor = {
  /** `server_full` while nobody new is let in. */
  readonly refusal: AwazError | undefined;
  /** Lets a listener in, or says why not; at once where nothing has to be looked up. Must not reject. */
  admit(visit: {
    station: string;
    session: string;
    /** Whether the session was made for this request. */
    isNew: boolean;
  }): AwazError | undefined | Promise<AwazError | undefined>;
};

/** A path with the session that it is answered with, and what the door says of it. */
export type DoorAnswer = { path: StationPath; verdict: ReturnType<ListenerDoor['admit']> };

/** Whether a request, answered now, would make a listener of its client. */
export function makesListener({ method }: Exchange, { window }: BroadcastTail): boolean {
  return method === 'GET' && window !== undefined && window.segments.length > 0 && !window.edge.ended;
}

/** Asks the door for whoever asks for a station. */
export function askDoor(door: ListenerDoor, path: StationPath): DoorAnswer {
  const session = sessionOf(path);
  const isNew = path.session === undefined && askedSession(path.query) === undefined;
  return { path: { ...path, session }, verdict: door.admit({ station: path.station, session, isNew }) };
}

/**
 * Whether a request wants another session of a station that is not open: that has to be refused before there is one, or
 * those who knock again and again would crowd out the sessions that run.
 */
export function wantsSessionByToken(path: StationPath): boolean {
  return askedSession(path.query) === undefined && new URLSearchParams(path.query).has('token');
}

const answers = new WeakMap<AwazError, Answer>();

/** The answer to a refusal, made once for each. */
export function refusalAnswer(refusal: AwazError): Answer {
  const known = answers.get(refusal);
  if (known !== undefined) return known;
  const made = problemAnswer(refusal, 'multivariant');
  answers.set(refusal, made);
  return made;
}
