let second = 0;
let text = '';

/** The `Date` header of this moment (RFC 9110 6.6.1), made once a second. */
export function httpDate(nowMs: number): string {
  const current = Math.floor(nowMs / 1000);
  if (current !== second) {
    second = current;
    text = new Date(current * 1000).toUTCString();
  }
  return text;
}
