import { AwazError } from '@awaz/infra/contract';

/** Longest line with the size of a piece, in bytes; extensions are passed over. */
const MAX_SIZE_LINE = 256;

/** Takes the sound out of what follows the head of a source client's request. Holds one unfinished line at most. */
export interface SourceBody {
  /** Whether the request itself tells where it ends. */
  readonly isFramed: boolean;
  /** Takes bytes; the answer is the sound in them. Throws `bad_message`. */
  take(bytes: Buffer): Buffer[];
  /** Whether all of it has come. */
  readonly isOver: boolean;
}

/** The body that these headers announce: in pieces, of a known length, or whatever comes until the connection ends. */
export function sourceBody(headers: Readonly<Record<string, string>>): SourceBody {
  if (/\bchunked$/i.test(headers['transfer-encoding'] ?? '')) return new PiecedBody();
  const length = /^\d{1,15}$/.exec(headers['content-length'] ?? '')?.[0];
  return length === undefined ? new BareBody() : new CountedBody(Number(length));
}

class BareBody implements SourceBody {
  readonly isFramed = false;
  readonly isOver = false;

  take(bytes: Buffer): Buffer[] {
    return bytes.length === 0 ? [] : [bytes];
  }
}

class CountedBody implements SourceBody {
  readonly isFramed = true;
  #left: number;

  constructor(length: number) {
    this.#left = length;
  }

  get isOver(): boolean {
    return this.#left === 0;
  }

  take(bytes: Buffer): Buffer[] {
    const sound = bytes.subarray(0, this.#left);
    this.#left -= sound.length;
    return sound.length === 0 ? [] : [sound];
  }
}

/** Chunked transfer coding (RFC 9112 7.1); trailers are passed over. */
class PiecedBody implements SourceBody {
  readonly isFramed = true;
  isOver = false;
  #line = '';
  #state: 'size' | 'data' | 'after_data' = 'size';
  #left = 0;

  take(bytes: Buffer): Buffer[] {
    const sound: Buffer[] = [];
    let at = 0;
    while (at < bytes.length && !this.isOver) {
      if (this.#state === 'data') {
        const piece = bytes.subarray(at, at + this.#left);
        at += piece.length;
        this.#left -= piece.length;
        sound.push(piece);
        if (this.#left === 0) this.#state = 'after_data';
      } else at = this.#readLine(bytes, at);
    }
    return sound;
  }

  /** Reads up to the end of a line, if it is there; answers where to go on. */
  #readLine(bytes: Buffer, from: number): number {
    const end = bytes.indexOf(0x0a, from);
    const to = end < 0 ? bytes.length : end + 1;
    this.#line += bytes.toString('latin1', from, to);
    if (this.#line.length > MAX_SIZE_LINE) throw broken();
    if (end < 0) return to;
    const line = this.#line.trimEnd();
    this.#line = '';
    if (this.#state === 'after_data') this.#endPiece(line);
    else this.#beginPiece(line);
    return to;
  }

  #endPiece(line: string): void {
    if (line !== '') throw broken();
    this.#state = 'size';
  }

  #beginPiece(line: string): void {
    const [, size] = /^([0-9a-f]{1,8})[ \t]*(;.*)?$/i.exec(line) ?? [];
    if (size === undefined) throw broken();
    this.#left = Number.parseInt(size, 16);
    if (this.#left === 0) this.isOver = true;
    else this.#state = 'data';
  }
}

function broken(): AwazError {
  return new AwazError(
    'bad_message',
    'The body says that it is chunked, but its pieces break the form (RFC 9112 7.1).',
  );
}
