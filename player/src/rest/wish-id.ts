/**
 * A fresh `Idempotency-Key`: keep it while the same thing is asked again, take another one for another wish. Works where
 * `crypto.randomUUID` does not, on pages without TLS.
 */
export function newWishId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
