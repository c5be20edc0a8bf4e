import { createHash, timingSafeEqual } from 'node:crypto';
import { randomLetters } from '../auth/index.ts';

/** A listen token as it is stored: everything but the token itself. */
export type ListenTokenRecord = {
  /** Names the token in lists and logs. */
  id: string;
  /** Whom or what it is for. */
  label: string;
  /** SHA-256 of the token, hex. The token has 165 bits of chance, so a slow hash would add nothing. */
  hash: string;
  /** Ms since 1970. */
  createdAt: number;
  /** From when on it is good no longer; left out: never. */
  expiresAt?: number;
  /** When a session was last opened by it. */
  lastUsedAt?: number;
};

/** A new listen token; `LISTEN_TOKEN_PATTERN` describes it. */
export function makeListenToken(): string {
  return `listen_${randomLetters(32)}`;
}

/** What is stored of a listen token. */
export function hashListenToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Finds the record of a token; looks at all of them for the same time whichever it is. */
export function findListenToken(records: readonly ListenTokenRecord[], token: string): ListenTokenRecord | undefined {
  const given = createHash('sha256').update(token).digest();
  let found: ListenTokenRecord | undefined;
  for (const record of records) if (timingSafeEqual(Buffer.from(record.hash, 'hex'), given)) found = record;
  return found;
}

/** Whether a token is good no longer at a time, in ms since 1970. */
export function isExpired({ expiresAt }: ListenTokenRecord, now: number): boolean {
  return expiresAt !== undefined && expiresAt <= now;
}
