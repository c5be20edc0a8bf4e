import { STATUS_CODES } from 'node:http';
import { httpDate } from './http-date.ts';

/** Idle time after which a connection is closed, as told to clients, in seconds. */
export const KEEP_ALIVE_SECONDS = 65;

/** Largest body that is copied behind its header block, so that both leave in one write, in bytes. */
const MAX_JOINED_BODY_BYTES = 16_384;

/** Fields of a connection that stays open. */
const KEEP_ALIVE = ['Connection', 'keep-alive', 'Keep-Alive', `timeout=${KEEP_ALIVE_SECONDS}`] as const;

/** Header fields as a flat list: name, value, name, value. */
export type HeaderFields = readonly string[];

/** The bytes of a whole HTTP/1.1 answer, in the order in which they are written. */
export type ReadyBytes = readonly Buffer[];

/**
 * An answer that may go to any number of clients: status, header fields (all but Date and those of the connection) and
 * body. Its bytes are put together once a second at most and shared.
 */
export class Answer {
  readonly status: number;
  /** Header fields that are its own. */
  readonly fields: HeaderFields;
  /** The same with the length of the body. */
  readonly headers: HeaderFields;
  readonly body: Buffer;
  #ready: ReadyBytes = [];
  #readyDate = '';

  constructor(status: number, fields: HeaderFields, body: Buffer) {
    this.status = status;
    this.fields = fields;
    // RFC 9110 8.6: "A server MUST NOT send a Content-Length header field in any response with a status code of … 204."
    this.headers = status === 204 ? fields : [...fields, 'Content-Length', String(body.length)];
    this.body = body;
  }

  /** The answer as HTTP/1.1 bytes for a connection that stays open. */
  readyBytes(): ReadyBytes {
    const date = httpDate(Date.now());
    if (this.#readyDate !== date) {
      const head = this.#headerBlock(date);
      const joined = this.body.length <= MAX_JOINED_BODY_BYTES;
      this.#ready = joined ? [Buffer.concat([head, this.body])] : [head, this.body];
      this.#readyDate = date;
    }
    return this.#ready;
  }

  /** The same for a connection that ends with it. */
  lastBytes(): ReadyBytes {
    return [headerBlock(this.status, this.headers, ['Date', httpDate(Date.now()), 'Connection', 'close']), this.body];
  }

  #headerBlock(date: string): Buffer {
    return headerBlock(this.status, this.headers, ['Date', date, ...KEEP_ALIVE]);
  }
}

/** Status line and header lines of an HTTP/1.1 answer that ends with its connection. Values are Latin-1. */
export function streamHead(headers: Readonly<Record<string, string>>): Buffer {
  return headerBlock(200, Object.entries(headers).flat(), ['Date', httpDate(Date.now()), 'Connection', 'close']);
}

function headerBlock(status: number, ...fields: HeaderFields[]): Buffer {
  let text = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`;
  for (const list of fields) {
    for (let index = 0; index + 1 < list.length; index += 2) text += `${list[index]}: ${list[index + 1]}\r\n`;
  }
  return Buffer.from(`${text}\r\n`, 'latin1');
}
