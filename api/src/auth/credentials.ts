/** The token of an `Authorization: Bearer …` header (RFC 6750 2.1); undefined when there is none. */
export function bearerToken(authorization: string | undefined): string | undefined {
  return /^bearer +([\w.~+/-]+=*) *$/i.exec(authorization ?? '')?.[1];
}

/** The password of an `Authorization: Basic …` header (RFC 7617); undefined when there is none. */
export function basicPassword(authorization: string | undefined): string | undefined {
  const [, encoded] = /^basic +([\w+/-]+=*) *$/i.exec(authorization ?? '') ?? [];
  if (encoded === undefined) return undefined;
  const pair = Buffer.from(encoded, 'base64').toString();
  const colon = pair.indexOf(':');
  return colon < 0 ? undefined : pair.slice(colon + 1);
}

/** What is looked at of a request to know where it comes from. */
type Sender = {
  headers: Record<string, string | string[] | undefined>;
  socket: { remoteAddress?: string | undefined };
};

/**
 * Address of whoever sent a request. Behind a trusted proxy it is the last entry of `X-Forwarded-For`: that one the
 * proxy wrote, those before it anybody may have made up.
 */
export function clientAddress(request: Sender, trustProxy: boolean): string {
  const forwarded = request.headers['x-forwarded-for'];
  const last = trustProxy
    ? String(forwarded ?? '')
        .split(',')
        .at(-1)
        ?.trim()
    : undefined;
  return last || (request.socket.remoteAddress ?? '');
}
