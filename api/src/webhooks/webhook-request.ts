import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isPublicAddress, literalAddress, lookupPublic, NotPublicError } from './public-address.ts';

/** How long a receiver may take until it says what it thinks of a message, in ms. */
export const ANSWER_WITHIN_MS = 10_000;

/** Most bytes of an answer that are read before the connection is cut; nothing of them is kept. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** A request to a webhook's receiver. */
export type WebhookRequest = {
  url: string;
  headers: Record<string, string>;
  body: string;
  /** Whether addresses that are not public may be reached. */
  allowPrivate: boolean;
  /** Ends it. */
  signal: AbortSignal;
  /** Another time than {@link ANSWER_WITHIN_MS}, in ms; for tests. */
  withinMs?: number | undefined;
};

/**
 * Sends a message by POST and settles with the status of the answer, whatever it is; redirects are not followed. Rejects
 * with an error whose message may be shown to the webhook's owner.
 */
export async function sendWebhook({
  url,
  headers,
  body,
  allowPrivate,
  signal,
  ...rest
}: WebhookRequest): Promise<number> {
  const target = new URL(url);
  const literal = literalAddress(target);
  if (!allowPrivate && literal !== undefined && !isPublicAddress(literal)) throw new NotPublicError(literal);
  const withinMs = rest.withinMs ?? ANSWER_WITHIN_MS;
  const late = AbortSignal.timeout(withinMs);
  const request = target.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise<number>((resolve, reject) => {
    const sending = request(target, {
      ...{ method: 'POST', agent: false, signal: AbortSignal.any([signal, late]) },
      headers: { ...headers, 'Content-Length': String(Buffer.byteLength(body)), Connection: 'close' },
      ...(allowPrivate ? {} : { lookup: lookupPublic }),
    });
    sending.on('response', (answer) => {
      resolve(answer.statusCode ?? 0);
      let bytes = 0;
      answer.on('data', (piece: Buffer) => {
        bytes += piece.length;
        if (bytes > MAX_ANSWER_BYTES) answer.destroy();
      });
      answer.on('error', () => undefined); // the status is all that counts
    });
    sending.on('error', (error) => reject(late.aborted ? new Error(`no answer within ${withinMs / 1000} s`) : error));
    sending.end(body);
  });
}
