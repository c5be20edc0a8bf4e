import { randomBytes } from 'node:crypto';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Bytes from here on would make the first letters of the alphabet more likely than the rest. */
const FAIR_BYTES = 256 - (256 % ALPHABET.length);

/** Small letters and digits by chance, about 5.2 bits each. */
export function randomLetters(count: number): string {
  let text = '';
  while (text.length < count) {
    const letters = [...randomBytes(count)].filter((byte) => byte < FAIR_BYTES);
    text += letters.map((byte) => ALPHABET[byte % ALPHABET.length]).join('');
  }
  return text.slice(0, count);
}
