import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { AwazError } from '@awaz/infra/contract';
import type { RedisHandle } from '@awaz/infra/redis';

/** How long an answer is kept, in seconds. */
const KEEP_SECONDS = 86_400;

/** How long a request may be under way before its key is free again, in seconds; its process may have died. */
const UNDER_WAY_SECONDS = 60;

/** A request that may be told apart from its repetition. */
export type IdempotentRequest = {
  /** What the client sent as `Idempotency-Key`. */
  key: string;
  /** Who asks; nobody gets another one's answer. */
  subject: string;
  /** Method and path. */
  target: string;
  body: unknown;
};

/** An answer as it is sent. */
export type KeptAnswer = { status: number; body: unknown };

type Stored = { fingerprint: string; sealed?: string };

/**
 * Answers of requests that create something, kept for a day, so that a client that lost the answer may ask again. An
 * answer may hold a secret, so it is kept encrypted with a key made of the client's own.
 */
export class Idempotency {
  readonly #handle: RedisHandle;

  constructor(handle: RedisHandle) {
    this.#handle = handle;
  }

  /**
   * Runs a request once for its key. A request that failed may be tried again. Throws `bad_request` for a key that
   * cannot be one and `conflict` when the key was used for another request or the first one is still under way.
   */
  async once(request: IdempotentRequest, run: () => Promise<KeptAnswer>): Promise<KeptAnswer> {
    if (!/^[\x21-\x7e]{1,200}$/.test(request.key)) {
      throw new AwazError('bad_request', 'header Idempotency-Key: needs 1 to 200 visible ASCII characters.');
    }
    const redis = this.#handle.commands;
    const name = `awaz:{idempotency}:${digest('name', request)}`;
    const fingerprint = createHash('sha256')
      .update(JSON.stringify(request.body ?? null))
      .digest('hex');
    const claim = JSON.stringify({ fingerprint } satisfies Stored);
    const before = await redis.set(name, claim, 'EX', UNDER_WAY_SECONDS, 'NX', 'GET');
    if (before !== null) return this.#again(JSON.parse(before), fingerprint, request);
    try {
      const answer = await run();
      const sealed = seal(answer, digest('seal', request));
      await redis.set(name, JSON.stringify({ fingerprint, sealed } satisfies Stored), 'EX', KEEP_SECONDS);
      return answer;
    } catch (error) {
      await redis.del(name).catch(() => undefined); // it expires by itself
      throw error;
    }
  }

  #again(stored: Stored, fingerprint: string, request: IdempotentRequest): KeptAnswer {
    if (stored.fingerprint !== fingerprint) {
      throw new AwazError('conflict', 'This Idempotency-Key was used for another body. Take a new key.');
    }
    if (stored.sealed === undefined) {
      throw new AwazError('conflict', 'The first request with this Idempotency-Key is still under way. Ask again.', {
        retryAfterMs: 1000,
      });
    }
    return open(stored.sealed, digest('seal', request));
  }
}

function digest(purpose: string, { key, subject, target }: IdempotentRequest): string {
  return createHash('sha256')
    .update(JSON.stringify([purpose, subject, target, key]))
    .digest('hex');
}

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

function seal(answer: KeptAnswer, secretHex: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, Buffer.from(secretHex, 'hex'), nonce);
  const text = Buffer.concat([cipher.update(JSON.stringify(answer)), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64');
}

function open(sealed: string, secretHex: string): KeptAnswer {
  const bytes = Buffer.from(sealed, 'base64');
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(CIPHER, Buffer.from(secretHex, 'hex'), nonce);
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  const text = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
  return JSON.parse(text.toString()) as KeptAnswer;
}
