import { randomBytes } from 'node:crypto';

const FIN = 0x80;
const MASK = 0x80;

/** Kinds of frames, RFC 6455 5.2. */
export const OPCODES = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** A message of a client as a masked frame, RFC 6455 5.3. */
export function clientFrame(text: string, opcode: number = OPCODES.text): Buffer {
  const payload = Buffer.from(text);
  const size = payload.length;
  const lengthBytes = size < 126 ? 0 : size < 65_536 ? 2 : 8;
  const head = Buffer.alloc(2 + lengthBytes);
  head[0] = FIN | opcode;
  head[1] = MASK | (lengthBytes === 0 ? size : lengthBytes === 2 ? 126 : 127);
  if (lengthBytes === 2) head.writeUInt16BE(size, 2);
  if (lengthBytes === 8) head.writeBigUInt64BE(BigInt(size), 2);
  const mask = randomBytes(4);
  for (let i = 0; i < size; i++) payload[i] = (payload[i] ?? 0) ^ (mask[i % 4] ?? 0);
  return Buffer.concat([head, mask, payload]);
}

/** Cuts what comes from a server into whole frames; for servers that neither mask nor fragment. */
export class FrameReader {
  readonly #onFrame: (opcode: number, payload: Buffer) => void;
  #rest: Buffer = Buffer.alloc(0);

  constructor(onFrame: (opcode: number, payload: Buffer) => void) {
    this.#onFrame = onFrame;
  }

  /** Takes the next bytes. */
  push(bytes: Buffer): void {
    let rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    for (let end = frameEnd(rest); end !== undefined; end = frameEnd(rest)) {
      this.#onFrame((rest[0] ?? 0) & 0x0f, rest.subarray(headSize(rest), end));
      rest = rest.subarray(end);
    }
    this.#rest = rest;
  }
}

function headSize(bytes: Buffer): number {
  const short = (bytes[1] ?? 0) & 0x7f;
  return short === 127 ? 10 : short === 126 ? 4 : 2;
}

/** Where the first frame ends; undefined while it is not whole. */
function frameEnd(bytes: Buffer): number | undefined {
  if (bytes.length < 2 || bytes.length < headSize(bytes)) return undefined;
  const short = (bytes[1] ?? 0) & 0x7f;
  const size = short === 127 ? Number(bytes.readBigUInt64BE(2)) : short === 126 ? bytes.readUInt16BE(2) : short;
  const end = headSize(bytes) + size;
  return bytes.length < end ? undefined : end;
}
