import { createHash, timingSafeEqual } from 'node:crypto';
import { randomLetters } from './random-letters.ts';

/** A stream key as it is stored: everything but the key itself. */
export type StreamKeyRecord = {
  /** Names the key in lists and logs. */
  id: string;
  /** What its owner calls it. */
  label: string;
  /** SHA-256 of the key, hex. The key has 165 bits of chance, so a slow hash would add nothing. */
  hash: string;
  /** Ms since 1970. */
  createdAt: number;
  lastUsedAt?: number;
  /** From when on it is good no longer; to come for a key that was rotated. */
  revokedAt?: number;
};

/** Whether a key is good no longer at a time, in ms since 1970. */
export function isRevoked({ revokedAt }: StreamKeyRecord, now: number): boolean {
  return revokedAt !== undefined && revokedAt <= now;
}

const KEY_LENGTH = 32;

/** A new stream key; `STREAM_KEY_PATTERN` describes it. */
export function makeStreamKey(): string {
  return randomLetters(KEY_LENGTH);
}

/** What is stored of a stream key. */
export function hashStreamKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/** Finds the record of a key; looks at all of them for the same time whichever it is. */
export function findStreamKey(records: readonly StreamKeyRecord[], key: string): StreamKeyRecord | undefined {
  const given = createHash('sha256').update(key).digest();
  let found: StreamKeyRecord | undefined;
  for (const record of records) {
    const stored = Buffer.from(record.hash, 'hex');
    if (stored.length === given.length && timingSafeEqual(stored, given)) found = record;
  }
  return found;
}
