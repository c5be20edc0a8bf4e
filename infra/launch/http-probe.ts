import { request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import { pause } from '../runtime/index.ts';

/** What a server answered. */
export type ProbeAnswer = { status: number; body: string };

/** Characters of an answer that are kept. */
const BODY_LIMIT_CHARACTERS = 2000;
const PROBE_TIMEOUT_MS = 2000;

/** Asks this machine's own server for a URL; undefined when it does not answer. Certificates are not checked. */
export function probe(url: string): Promise<ProbeAnswer | undefined> {
  const request = url.startsWith('https:') ? requestTls : requestPlain;
  return new Promise((resolve) => {
    const asked = request(url, { timeout: PROBE_TIMEOUT_MS, rejectUnauthorized: false, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        body = (body + text).slice(0, BODY_LIMIT_CHARACTERS);
      });
      response.once('end', () => resolve({ status: response.statusCode ?? 0, body: body.trim() }));
      response.once('error', () => resolve(undefined));
    });
    asked.once('timeout', () => asked.destroy());
    asked.once('error', () => resolve(undefined));
    asked.end();
  });
}

/** Asks again and again until the answer is 200. Rejects after `timeoutMs` with the last answer, or when aborted. */
export async function untilOk(
  url: string,
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let last: ProbeAnswer | undefined;
  while (Date.now() < deadline) {
    signal.throwIfAborted();
    last = await probe(url);
    if (last?.status === 200) return;
    await pause(25, signal);
  }
  const answer = last === undefined ? 'nothing answers' : `the answer is ${last.status} ${last.body}`;
  throw new Error(`${url} was not ready within ${timeoutMs / 1000} s: ${answer}.`);
}
