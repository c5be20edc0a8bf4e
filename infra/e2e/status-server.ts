import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that takes whatever is sent to it. */
export type StatusServer = {
  readonly url: string;
  /** Bodies so far, in the order they came. */
  readonly bodies: readonly string[];
  /** What everything is answered with from now on. */
  status: number;
  /** Ends the server and its connections. */
  close(): Promise<void>;
};

/** Starts one on a free port; it answers 200. */
export async function startStatusServer(): Promise<StatusServer> {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += String(piece);
    bodies.push(body);
    response.writeHead(running.status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const running: StatusServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    bodies,
    status: 200,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return running;
}
