import { createHmac } from 'node:crypto';

const SECRET_PREFIX = 'whsec_';

/** What is signed: the message's id, the time of sending in seconds since 1970, and the body as it is sent. */
export type SignedMessage = { id: string; timestamp: number; body: string };

/**
 * Value of `webhook-signature` (Standard Webhooks 1.0): for each secret the HMAC-SHA256 over `id.timestamp.body`, in base64,
 * after `v1,`; a receiver takes the message when one of them is right.
 */
export function webhookSignature(secrets: readonly string[], message: SignedMessage): string {
  return secrets.map((secret) => signatureBy(secret, message)).join(' ');
}

function signatureBy(secret: string, { id, timestamp, body }: SignedMessage): string {
  const key = Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}
