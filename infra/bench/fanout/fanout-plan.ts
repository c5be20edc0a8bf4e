/** What one process of clients is to do. */
export type FanoutPlan = {
  /** Servers, as `http://127.0.0.1:PORT`; clients are spread over them. */
  urls: string[];
  /** Station, or room. */
  room: string;
  /** Clients that listen. */
  sockets: number;
  /** How many of them also write. */
  senders: number;
  /** Messages that are written before those that count. */
  warmUp: number;
  /** Messages that count. */
  messages: number;
  perSecond: number;
  /** Programs whose CPU counts. */
  serverPids: number[];
  redisPid: number;
  /** Whether clients that were cut come back, with the place that they know. */
  roam: boolean;
};

/** What the clients saw. */
export type FanoutResult = {
  /** From writing to each arrival, in ms. */
  latencyMs: { p50: number; p99: number; most: number };
  /** Messages that count and that the server said were taken. */
  taken: number;
  /** Taken messages, the first ones too, that a client which is there at the end was not told, over all clients. */
  lost: number;
  /** Messages told to a client again. */
  doubled: number;
  /** Messages told after a later one of the same writer. */
  disordered: number;
  /** Clients that are not there at the end. */
  absent: number;
  /** Times that a client was told that what it missed cannot be told. */
  resets: number;
  /** While messages were written. */
  cpu: CpuUse;
  /** While all were there and nobody wrote. */
  idle: CpuUse;
};

/** CPU of the servers, of Redis and of the clients' own process, in seconds, and how long that took. */
export type CpuUse = { servers: number; redis: number; clients: number; seconds: number };

/** What is said to the process on a line of its standard input. */
export type FanoutOrder = { do: 'cut'; clients: number; forMs: number };
