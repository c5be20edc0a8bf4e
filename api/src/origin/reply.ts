import type { Rung } from '@awaz/infra/contract';
import type { ReloadTarget } from '@awaz/transcoder/hls';
import type { RequestFields } from '../http/fast-lane/request-fields.ts';
import type { Answer } from './answer.ts';
import type { BroadcastTail } from './broadcast-tail.ts';
import type { Exchange } from './exchange.ts';
import type { OriginPath } from './origin-path.ts';

/** The request has to wait. */
export type Hold = {
  /** What for; then the request is judged anew. */
  until: ReloadTarget;
  /** Answer when it does not come in time; 503 when left out. */
  expired?: Answer;
};

/** What a request gets: an answer, a wait, or a progressive stream of a broadcast with this ladder. */
export type Reply =
  | { kind: 'answer'; answer: Answer }
  | ({ kind: 'hold' } & Hold)
  | { kind: 'stream'; ladder: readonly Rung[] };

/** The path of a certain kind. */
export type PathOf<Kind extends OriginPath['kind']> = Extract<OriginPath, { kind: Kind }>;

/** What a reply is made from. */
export type Judged<Kind extends OriginPath['kind']> = {
  exchange: Pick<Exchange, 'fields' | 'wasHeld'>;
  path: PathOf<Kind>;
  tail: BroadcastTail;
};

/** A reply that is an answer. */
export const answerWith = (answer: Answer): Reply => ({ kind: 'answer', answer });

/** Whether the client takes gzip (RFC 9110 12.5.3). */
export function takesGzip(fields: RequestFields): boolean {
  const accepted = fields['accept-encoding'];
  if (accepted === undefined || !accepted.includes('gzip')) return false;
  return !/gzip\s*;\s*q=0(\.0{0,3})?\s*(,|$)/.test(accepted);
}
