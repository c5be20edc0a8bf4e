import { RestProblem, readProblem } from './problem.ts';

/** An answer that takes longer counts as none, in ms. */
const TIMEOUT_MS = 15_000;

/** A request below `/api/v1`. */
export type RestCall = {
  /** Default `GET`. */
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Sent as JSON; a `Blob` as what it is. */
  body?: object;
  /** Access token. */
  token?: string;
  /** Sent where the route takes it, so that a request that is sent again does nothing twice. */
  idempotencyKey?: string;
};

/** Asks the API; settles with what it answered, undefined for an answer without a body. Rejects with {@link RestProblem}. */
export async function callRest<Answer>(path: string, call: RestCall = {}): Promise<Answer> {
  const { response, body } = await ask(path, call);
  if (!response.ok) throw readProblem(response, body);
  return body as Answer;
}

async function ask(path: string, call: RestCall): Promise<{ response: Response; body: unknown }> {
  try {
    const response = await fetch(`/api/v1${path}`, {
      method: call.method ?? 'GET',
      headers: headersOf(call),
      ...(call.body === undefined ? {} : { body: call.body instanceof Blob ? call.body : JSON.stringify(call.body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    const isJson = response.headers.get('Content-Type')?.includes('json') === true;
    return { response, body: isJson && text !== '' ? JSON.parse(text) : undefined };
  } catch (error) {
    throw new RestProblem('unreachable', `The server does not answer: ${String(error)}`);
  }
}

function headersOf({ body, token, idempotencyKey }: RestCall): Record<string, string> {
  return {
    Accept: 'application/json',
    ...(body === undefined ? {} : { 'Content-Type': body instanceof Blob ? body.type : 'application/json' }),
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    ...(idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey }),
  };
}
