import { type Acknowledgement, AwazError } from '@awaz/infra/contract';
import type { Logger } from '@awaz/infra/runtime';
import type { z } from 'zod';
import type { LimitName, RateLimitTaker } from '../limits/index.ts';
import { CallBudget } from './call-budget.ts';
import { asAwazError } from './live-errors.ts';
import type { RealtimeLimits } from './realtime-limits.ts';
import type { LiveSocket, NamespaceName } from './socket-types.ts';
import { EXPIRED_MESSAGE } from './token-expiry.ts';

/** An event of clients, as it is written down; see {@link defineCall}. */
export type SocketCall = {
  readonly event: string;
  readonly namespaces: readonly NamespaceName[];
  readonly schema: z.ZodType;
  /** What it counts for. */
  readonly limit?: LimitName;
  /** Whether it is served to a socket whose access token expired. */
  readonly isForExpired?: boolean;
  /** What is answered beside `ok: true`. Throws `AwazError`. */
  readonly handler: (body: never, socket: LiveSocket, answer: (value: object) => void) => Promise<object | undefined>;
};

/**
 * Writes an event of clients down. The handler gets a checked body and returns what is answered; or it answers by itself,
 * once, through its third argument, when something has to happen at the very moment of the answer.
 */
export function defineCall<Schema extends z.ZodType>(call: {
  event: string;
  namespaces: readonly NamespaceName[];
  schema: Schema;
  limit?: LimitName;
  isForExpired?: boolean;
  handler: (
    body: z.output<Schema>,
    socket: LiveSocket,
    answer: (value: object) => void,
  ) => Promise<object | undefined> | object | undefined;
}): SocketCall {
  return call as unknown as SocketCall;
}

/** Most events of one socket that wait for their turn; more are refused. */
export const MAX_WAITING_CALLS = 64;

/** What serving calls needs. */
export type CallServingOptions = {
  calls: readonly SocketCall[];
  limits: RateLimitTaker;
  budget: Pick<RealtimeLimits, 'callsPerSecond' | 'callBurst'>;
  logger: Logger;
  /** Told of each answered event: its name and `ok` or the error's code. */
  onAnswered: (event: string, outcome: string) => void;
};

type Acknowledge = (answer: Acknowledgement) => void;

/**
 * Serves the events of one socket: in the order in which they came, each answered once, whatever they carry. Events of
 * `ingest:` are served elsewhere.
 */
export function serveCalls(socket: LiveSocket, options: CallServingOptions): void {
  const calls = new Map(
    options.calls
      .filter(({ namespaces }) => namespaces.some((name) => name === socket.nsp.name))
      .map((call) => [call.event, call]),
  );
  const { callsPerSecond, callBurst } = options.budget;
  const budget = new CallBudget({ perSecond: callsPerSecond, burst: callBurst });
  let waiting = 0;
  let last: Promise<void> = Promise.resolve();
  socket.onAny((event: string, ...args: unknown[]) => {
    if (String(event).startsWith('ingest:')) {
      socket.data.mayPublish = true;
      return;
    }
    const call = calls.get(event);
    const acknowledge = acknowledgeOf(args);
    const serving = { call, args, acknowledge, socket, options };
    if (waiting >= MAX_WAITING_CALLS || !budget.take()) {
      refuse(
        serving,
        new AwazError('rate_limited', 'Too many events at once. Wait for answers.', { retryAfterMs: 1000 }),
      );
      return;
    }
    waiting++;
    last = last
      .then(() => serve(serving))
      .finally(() => {
        waiting--;
      });
  });
}

type Serving = {
  call: SocketCall | undefined;
  args: unknown[];
  acknowledge: Acknowledge | undefined;
  socket: LiveSocket;
  options: CallServingOptions;
};

/** Never rejects. */
async function serve(serving: Serving): Promise<void> {
  const { call, args, acknowledge, socket, options } = serving;
  try {
    if (call === undefined) throw new AwazError('bad_message', 'There is no such event here.');
    if (socket.data.isExpired && !call.isForExpired) throw new AwazError('token_expired', EXPIRED_MESSAGE);
    const body = readBody(call, args);
    if (call.limit !== undefined) await options.limits.take(call.limit, socket.data.subject, socket.data.address);
    if (!socket.connected) return;
    const answer = (value: object) => {
      options.onAnswered(call.event, 'ok');
      acknowledge?.({ ok: true, ...value });
    };
    const value = await call.handler(body as never, socket, answer);
    if (value !== undefined) answer(value);
  } catch (error) {
    refuse(serving, error);
  }
}

function refuse({ call, acknowledge, options }: Serving, thrown: unknown): void {
  const error = asAwazError(thrown);
  const { code, message, retryAfterMs } = error;
  if (code === 'internal') options.logger.error({ err: thrown, event: call?.event }, 'an event of a socket failed');
  options.onAnswered(call?.event ?? 'unknown', code);
  const told = { code, message, ...(retryAfterMs === undefined ? {} : { retryAfterMs: Math.ceil(retryAfterMs) }) };
  acknowledge?.({ ok: false, error: told });
}

function readBody(call: SocketCall, args: unknown[]): unknown {
  const parsed = call.schema.safeParse(args[0]);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.length ? ` (${issue.path.join('.').slice(0, 60)})` : '';
  throw new AwazError(
    'bad_message',
    `What ${call.event} carries is not right${where}: ${issue?.message ?? 'unknown'}.`,
  );
}

/** Socket.IO puts the client's callback last; takes it out of the arguments. */
function acknowledgeOf(args: unknown[]): Acknowledge | undefined {
  return typeof args.at(-1) === 'function' ? (args.pop() as Acknowledge) : undefined;
}
