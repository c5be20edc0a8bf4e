import { RestProblem, readProblem } from './problem.ts';
import { sendFile } from './send-file.ts';

/** An answer that takes longer counts as none, in ms. */
const TIMEOUT_MS = 15_000;

/** A request below `/api/v1`. */
export type RestCall = {
  /** Default `GET`. */
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Sent as JSON; a `Blob` as what it is. */
  body?: object;
  /** For a `Blob`: told how much of it has gone, 0 to 1. Such a call has as long as something moves. */
  onSent?: (share: number) => void;
  /** Access token. */
  token?: string;
  /** Sent where the route takes it, so that a request that is sent again does nothing twice. */
  idempotencyKey?: string;
};

/** Asks the API; settles with what it answered, undefined for an answer without a body. Rejects with {@link RestProblem}. */
export async function callRest<Answer>(path: string, call: RestCall = {}): Promise<Answer> {
  const { status, headers, body } = await ask(`/api/v1${path}`, call);
  if (status < 200 || status > 299) throw readProblem({ status, headers }, body);
  return body as Answer;
}

async function ask(url: string, call: RestCall): Promise<{ status: number; headers: Headers; body: unknown }> {
  try {
    const { status, headers, text } = await (call.onSent === undefined ? fetchText(url, call) : sendBlob(url, call));
    const isJson = headers.get('Content-Type')?.includes('json') === true;
    return { status, headers, body: isJson && text !== '' ? JSON.parse(text) : undefined };
  } catch (error) {
    throw new RestProblem('unreachable', `The server does not answer: ${String(error)}`);
  }
}

async function fetchText(url: string, call: RestCall) {
  const response = await fetch(url, {
    method: call.method ?? 'GET',
    headers: headersOf(call),
    ...(call.body === undefined ? {} : { body: call.body instanceof Blob ? call.body : JSON.stringify(call.body) }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

function sendBlob(url: string, call: RestCall) {
  const { method = 'POST', body, onSent = () => {} } = call;
  if (!(body instanceof Blob)) throw new TypeError('only a Blob is sent with its progress');
  return sendFile(url, { method, headers: headersOf(call), body, onSent });
}

function headersOf({ body, token, idempotencyKey }: RestCall): Record<string, string> {
  return {
    Accept: 'application/json',
    ...(body === undefined ? {} : { 'Content-Type': body instanceof Blob ? body.type : 'application/json' }),
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    ...(idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey }),
  };
}
