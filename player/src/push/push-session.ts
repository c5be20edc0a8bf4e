import type { IngestFormat, IngestQuality, Milliseconds } from '@awaz/infra/contract';
import { pause } from '@awaz/infra/runtime';
import {
  clientTime,
  type IngestClient,
  type IngestClientEvents,
  type IngestProblem,
  type UplinkVerdict,
} from '../ingest-client/index.ts';
import type { AudioSource } from './audio-source.ts';
import { ChunkCutter, type CutChunk } from './chunk-cutter.ts';
import { MediaClock } from './media-clock.ts';
import type { PushProgress } from './progress-reporter.ts';

/** How long the first connection may take before the server counts as unreachable, in ms. */
export const FIRST_CONNECT_MS: Milliseconds = 10_000;

/** How a push ended. */
export type PushEnd =
  | { kind: 'ended' }
  | { kind: 'stopped_before_air' }
  | { kind: 'unconfirmed' }
  /** The server ended it by itself. */
  | { kind: 'ended_by_server'; reason: string }
  | { kind: 'unreachable' | 'refused'; problem: IngestProblem };

/** What a {@link PushSession} works with. It does not close the client's sockets before its end is known. */
export type PushSessionOptions = {
  client: IngestClient;
  source: AudioSource;
  format: IngestFormat;
  loop: boolean;
  /** Called with what the person at the terminal should know. */
  note: (text: string) => void;
};

/** Sends a source in real time through a client: paces, begins epochs, follows the client's state. */
export class PushSession {
  readonly #options: PushSessionOptions;
  readonly #clock = new MediaClock();
  /** Aborted when nothing more is to be sent: asked for, or refused. */
  readonly #halt = new AbortController();
  #readyAt: Milliseconds | undefined;
  #reconnects = 0;
  #rttMs: Milliseconds | undefined;
  #quality: IngestQuality | undefined;
  #problem: IngestProblem | undefined;
  #unreachable = false;
  #isCut = false;
  #isFirst = true;
  #isSlow = false;
  /** The client waits for an epoch with a fresh header. */
  #restart = false;

  constructor(options: PushSessionOptions) {
    this.#options = options;
    this.#follow(options.client);
  }

  /** How it goes; undefined before the server was ready. */
  get progress(): PushProgress | undefined {
    const { client } = this.#options;
    if (this.#readyAt === undefined) return undefined;
    return {
      ...client.totals,
      elapsedMs: clientTime() - this.#readyAt,
      state: client.state,
      reconnects: this.#reconnects,
      rttMs: this.#rttMs,
      server: this.#quality,
    };
  }

  /** Stops sending and ends the broadcast; {@link run} settles then. */
  stop(): void {
    this.#halt.abort();
    if (this.#readyAt === undefined) this.#options.client.close();
  }

  /** Sends all of the source and ends the broadcast. Throws what reading or scanning the source throws. */
  async run(): Promise<PushEnd> {
    const { client, format } = this.#options;
    client.startEpoch(format.mime);
    await this.#firstReady();
    try {
      await this.#sendAll();
    } catch (error) {
      await client.end().catch(() => {});
      throw error;
    }
    return this.#end();
  }

  async #end(): Promise<PushEnd> {
    const { client } = this.#options;
    if (this.#problem === undefined && this.#readyAt === undefined) return { kind: 'stopped_before_air' };
    const wasEnded = client.state === 'ended';
    const end = await client.end().catch(() => undefined);
    if (end?.confirmed && wasEnded) return { kind: 'ended_by_server', reason: end.reason };
    if (end?.confirmed) return { kind: 'ended' };
    if (this.#problem === undefined) return { kind: 'unconfirmed' };
    return { kind: this.#unreachable ? 'unreachable' : 'refused', problem: this.#problem };
  }

  #firstReady(): Promise<void> {
    const { client } = this.#options;
    return new Promise((resolve) => {
      client.on('ready', () => resolve());
      client.on('state', (state) => {
        if (state === 'failed' || state === 'ended') resolve();
      });
    });
  }

  async #sendAll(): Promise<void> {
    const { source, format, loop, note } = this.#options;
    let startMs = 0;
    while (!this.#halt.signal.aborted) {
      const cutter = new ChunkCutter(format, startMs);
      const result = await this.#sendOnce(cutter);
      startMs = cutter.mediaMs;
      if (result === 'sent' && !loop) return;
      if (result === 'place_lost') {
        if (!source.canBeginAgain) throw new Error(PLACE_LOST);
        note(`The server has lost the place; ${source.name} begins again.`);
      }
    }
  }

  async #sendOnce(cutter: ChunkCutter): Promise<'sent' | 'place_lost'> {
    for await (const chunk of this.#chunks(cutter)) {
      const capturedAt = this.#clock.capturedAt(chunk.mediaMs, clientTime());
      await pause(capturedAt - clientTime(), this.#halt.signal);
      if (this.#halt.signal.aborted) break;
      const goesOn = this.#restart && !chunk.beginsEpoch;
      const header = goesOn ? cutter.headerToGoOn : new Uint8Array(0);
      if (header === undefined) {
        this.#restart = false;
        return 'place_lost';
      }
      this.#send(chunk, { header, capturedAt });
    }
    return 'sent';
  }

  #send(chunk: CutChunk, { header, capturedAt }: { header: Uint8Array; capturedAt: Milliseconds }): void {
    const { client, format } = this.#options;
    if ((chunk.beginsEpoch || this.#restart) && !this.#isFirst) client.startEpoch(format.mime);
    this.#isFirst = false;
    this.#restart = false;
    const payload = header.length === 0 ? chunk.payload : Buffer.concat([header, chunk.payload]);
    client.send({ payload, capturedAt, durationMs: chunk.durationMs });
  }

  async *#chunks(cutter: ChunkCutter): AsyncGenerator<CutChunk> {
    for await (const piece of this.#options.source.open(this.#halt.signal)) yield* cutter.cut(piece);
    const rest = cutter.flush();
    if (rest !== undefined) yield rest;
  }

  #follow(client: IngestClient): void {
    const { note } = this.#options;
    const startedAt = clientTime();
    client.on('ready', () => {
      if (this.#readyAt !== undefined && this.#isCut) note('Connected again.');
      this.#isCut = false;
      this.#readyAt ??= clientTime();
    });
    client.on('state', (state) => {
      if (state !== 'reconnecting') return;
      this.#isCut = true;
      this.#reconnects++;
    });
    client.on('ack', ({ rttMs }) => {
      this.#rttMs = rttMs;
    });
    client.on('quality', (quality) => {
      if (quality.onAir && !this.#quality?.onAir) note('On air: the first part is published.');
      this.#quality = quality;
    });
    client.on('notice', ({ message }) => note(message));
    client.on('lost', (lost) => note(lostText(lost)));
    client.on('uplink', (verdict) => this.#uplinkJudged(verdict));
    client.on('restart', ({ reason }) => {
      // A hole does no harm to what is sent from a file; only a header that has to be sent again is worth beginning anew.
      if (reason === 'epoch_refused') this.#restart = true;
    });
    client.on('ended', () => this.#halt.abort());
    client.on('error', (problem) => this.#takeProblem(problem, startedAt));
  }

  /** A file cannot be made smaller on its way: all that can be done is to tell, once until it is over. */
  #uplinkJudged({ pace, waitingMs, kbps }: UplinkVerdict): void {
    if (pace === 'slow' && !this.#isSlow) {
      this.#options.note(
        `The connection is too slow: it carries ${kbps.toFixed(0)} kbit/s, ${inSeconds(waitingMs)} wait. ` +
          'Send a file with a lower bitrate.',
      );
    }
    this.#isSlow = pace === 'slow';
  }

  #takeProblem(problem: IngestProblem, startedAt: Milliseconds): void {
    const { client, note } = this.#options;
    if (problem.retryInMs !== undefined) note(`${problem.message} Trying again in ${inSeconds(problem.retryInMs)}.`);
    this.#unreachable = this.#readyAt === undefined && clientTime() - startedAt > FIRST_CONNECT_MS;
    if (problem.retryInMs !== undefined && !this.#unreachable) return;
    this.#problem = problem;
    this.#halt.abort();
    client.close();
  }
}

const PLACE_LOST = 'The server has lost the place, and standard input cannot begin again. Start the source anew.';

const LOST_WHY = {
  buffer_full: 'cut off for too long',
  epoch_refused: 'the server could not go on with it',
  end_timeout: 'the server did not come back',
} as const;

function lostText({ durationMs, from, to, reason }: IngestClientEvents['lost']): string {
  const [begin, end] = [from, to].map((time) => new Date(time).toISOString().slice(11, 23));
  return `${inSeconds(durationMs)} lost, from ${begin} to ${end} UTC: ${LOST_WHY[reason]}.`;
}

function inSeconds(ms: Milliseconds): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
