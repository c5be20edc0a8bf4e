/** A request as the checker sends it. Nothing is added to it but what HTTP itself needs: no cookies, no redirects. */
export type WireRequest = {
  method: 'GET' | 'HEAD' | 'OPTIONS';
  url: string;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
};

/** The head of an answer, and its body as it comes in: bytes as sent, not decompressed. */
export type WireAnswer = {
  status: number;
  /** Names in lower case; fields that came several times are joined by commas. */
  headers: Readonly<Record<string, string>>;
  /** Like `http/1.1` or `h2`. */
  protocol: string;
  body: AsyncIterable<Uint8Array>;
};

/** What was learned of the connection to the origin. */
export type TransportFacts = {
  /** Protocol of the requests, like `http/1.1` or `h2`. */
  protocol: string;
  /** Like `TLSv1.3`; undefined without TLS. */
  tls: string | undefined;
  /** Whether an HTTP/2 PING was answered; undefined without HTTP/2. */
  pingAnswered: boolean | undefined;
};

/** How the checker reaches an origin. */
export type HttpPort = {
  /** Sends one request; rejects when there is no answer or `signal` aborts, which also ends the body. */
  send(request: WireRequest, signal: AbortSignal): Promise<WireAnswer>;
  /** Looks at the connection to the server of a URL; rejects when it cannot be reached. */
  inspect(url: string, signal: AbortSignal): Promise<TransportFacts>;
  /** Closes all connections; may be called again. */
  close(): void;
};
