/** Header fields of a request that its answer depends on, by their names in lower case. */
export type RequestFields = {
  readonly 'accept-encoding'?: string | undefined;
  readonly range?: string | undefined;
  readonly 'if-range'?: string | undefined;
  readonly 'icy-metadata'?: string | undefined;
  readonly via?: string | undefined;
};

type FieldName = keyof RequestFields;

// RFC 9110 5.1 and 5.6.2: a field name is a token. RFC 9110 5.5: a field value is visible characters with spaces and
// tabs between them; RFC 9112 5.1: "No whitespace is allowed between the field name and colon." Bytes above 0x7e, bare
// CR or LF, and lines that go on in the next (obs-fold) do not fit, so they are left to Node.
const FIELD_LINE = /([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[\t ]*([!-~](?:[\t -~]*[!-~])?)?[\t ]*\r\n/y;

const READ = new Set<string>(['accept-encoding', 'range', 'if-range', 'icy-metadata', 'via'] satisfies FieldName[]);

/**
 * Fields that say that there is more to a request than its head, or that its connection has something else to do. RFC
 * 9112 6: "The presence of a message body in a request is signaled by a Content-Length or Transfer-Encoding header
 * field." Node's parser takes `Proxy-Connection` for `Connection`.
 */
const UNUSUAL = new Set([
  'content-length',
  'transfer-encoding',
  'trailer',
  'expect',
  'upgrade',
  'http2-settings',
  'proxy-connection',
]);

/** Most field lines of a request. */
const MAX_FIELD_LINES = 64;

/**
 * Reads the header lines of a request, each with its CRLF. Undefined when they hold anything that is not plain, or that
 * may be understood in more than one way: then the request is somebody else's to read.
 */
export function readRequestFields(lines: string): RequestFields | undefined {
  const read: FieldsSoFar = { fields: {}, hosts: 0 };
  FIELD_LINE.lastIndex = 0;
  for (let count = 0; FIELD_LINE.lastIndex < lines.length; count++) {
    const match = FIELD_LINE.exec(lines);
    if (match === null || count >= MAX_FIELD_LINES) return undefined;
    if (!takeField(read, (match[1] ?? '').toLowerCase(), match[2] ?? '')) return undefined;
  }
  // RFC 9112 3.2: "A server MUST respond with a 400 (Bad Request) status code to any HTTP/1.1 request message that lacks a
  // Host header field and to any request message that contains more than one Host header field line …" Node's answers.
  return read.hosts === 1 ? read.fields : undefined;
}

type FieldsSoFar = { fields: { [Name in FieldName]?: string }; hosts: number };

/** False when the request is not plain with this field. */
function takeField(read: FieldsSoFar, name: string, value: string): boolean {
  if (UNUSUAL.has(name)) return false;
  if (name === 'connection') return value.toLowerCase() === 'keep-alive';
  if (name === 'host') read.hosts++;
  if (!READ.has(name)) return true;
  if (read.fields[name as FieldName] !== undefined) return false;
  read.fields[name as FieldName] = value;
  return true;
}

/** Most header blocks that are remembered. */
const MAX_REMEMBERED = 512;

/** A block of header lines and what it says. */
export type KnownFields = { readonly lines: string; readonly fields: RequestFields };

/** Header blocks that came lately: players send the same lines with every request, and many players the same lines. */
export class FieldMemory {
  #known = new Map<string, KnownFields>();

  /** What a block says; undefined when it is not plain (that is not remembered). */
  read(lines: string): KnownFields | undefined {
    const known = this.#known.get(lines);
    if (known !== undefined) return known;
    const fields = readRequestFields(lines);
    if (fields === undefined) return undefined;
    // A copy of its own: a slice would keep all of the bytes that it came with.
    const fresh = { lines: Buffer.from(lines, 'latin1').toString('latin1'), fields };
    if (this.#known.size >= MAX_REMEMBERED) this.#known.clear();
    this.#known.set(fresh.lines, fresh);
    return fresh;
  }
}
