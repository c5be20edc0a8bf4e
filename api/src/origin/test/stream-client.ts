import { connect, type Socket } from 'node:net';
import { until } from '@awaz/infra/testkit';

/** A listener of a progressive stream on a socket of his own. */
export type StreamClient = {
  readonly socket: Socket;
  /** Status line and header lines, once they are there. */
  head(): Promise<string>;
  /** All of the body so far. */
  body(): Buffer;
  /** Waits until the body has so many bytes. */
  received(bytes: number): Promise<Buffer>;
  /** Settles with the whole body when the connection has ended. */
  readonly ended: Promise<Buffer>;
};

/** How to ask: more header lines, and the version of HTTP if it is not 1.1. */
export type StreamAsk = { lines?: string[]; version?: '1.0' };

/** Connects and asks. */
export function openStream(port: number, path: string, { lines = [], version }: StreamAsk = {}): StreamClient {
  const pieces: Buffer[] = [];
  const socket = connect(port, '127.0.0.1');
  socket.on('data', (piece) => pieces.push(piece));
  socket.on('error', () => undefined);
  socket.write([`GET ${path} HTTP/${version ?? '1.1'}`, 'Host: test', ...lines, '', ''].join('\r\n'));
  const all = () => Buffer.concat(pieces);
  const body = () => {
    const bytes = all();
    const end = bytes.indexOf('\r\n\r\n');
    return end < 0 ? Buffer.alloc(0) : bytes.subarray(end + 4);
  };
  return {
    socket,
    body,
    head: async () => {
      await until(() => all().includes('\r\n\r\n'), { what: `${path} has a header block` });
      return all().subarray(0, all().indexOf('\r\n\r\n')).toString('latin1');
    },
    received: async (bytes) => {
      await until(() => body().length >= bytes, { what: `${path} gives ${bytes} bytes; it gave ${body().length}` });
      return body();
    },
    ended: new Promise((resolve) => socket.once('close', () => resolve(body()))),
  };
}
