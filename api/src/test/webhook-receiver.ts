import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from '@awaz/infra/testkit';

/** A message that a receiver got. */
export type ReceivedMessage = {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  // biome-ignore lint/suspicious/noExplicitAny: the tests look at what came, whatever it is
  json: any;
};

/** How a receiver answers: by a status, or never. */
export type ReceiverAnswer = { status: number; headers?: Record<string, string>; body?: string } | 'never';

/** A real server that webhooks lead to. */
export type WebhookReceiver = {
  readonly url: string;
  readonly received: ReceivedMessage[];
  /** What the next messages are answered, one after the other; the last one goes on. */
  answers: ReceiverAnswer[];
  /** Waits until there are so many messages, of a type if one is given. */
  got(count: number, type?: string): Promise<ReceivedMessage[]>;
  close(): Promise<void>;
};

/** Starts a receiver on a free port; it answers 200. */
export async function startReceiver(): Promise<WebhookReceiver> {
  const received: ReceivedMessage[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += String(piece);
    received.push({ path: request.url ?? '', headers: request.headers, body, json: JSON.parse(body) });
    const answer = (receiver.answers.length > 1 ? receiver.answers.shift() : receiver.answers[0]) ?? { status: 200 };
    if (answer === 'never') return;
    response.writeHead(answer.status, answer.headers);
    response.end(answer.body ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: WebhookReceiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    answers: [],
    got: (count, type) => {
      const wanted = () => received.filter(({ json }) => type === undefined || json.type === type);
      return until(() => wanted().length >= count && wanted(), {
        timeoutMs: 20_000,
        what: `${count} messages ${type ?? ''}`,
      });
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}
