import { IngestClient, type IngestClientEvents, type IngestClientOptions } from '../ingest-client/index.ts';
import { ChunkRecorder } from './chunk-recorder.ts';

/** What is recorded: a stream and how. */
export type Recording = { stream: MediaStream; bitsPerSecond: number };

/**
 * One time on air from this page: a recorder feeding an ingest client. Another microphone, or a server that lost the
 * place, makes another recorder in a new epoch of the same broadcast.
 */
export class Broadcast {
  /** Tells how the delivery goes. */
  readonly client: IngestClient;
  #recorder: ChunkRecorder | undefined;
  #recording: Recording | undefined;
  #switched: Promise<void> = Promise.resolve();

  constructor(options: Omit<IngestClientOptions, 'openSocket' | 'whenOver'>) {
    this.client = new IngestClient({ ...options, openSocket: (url) => new WebSocket(url) });
    this.client.on('restart', () => {
      if (this.#recording !== undefined) this.record(this.#recording).catch(() => this.close());
    });
  }

  /** Records this from now on; settles when the first recorder stopped and the next one runs. Rejects when it cannot. */
  record(recording: Recording): Promise<void> {
    this.#recording = recording;
    const switched = this.#switched.then(() => this.#switch(recording));
    this.#switched = switched.catch(() => {});
    return switched;
  }

  /** Stops recording, delivers what is left, ends the broadcast. Rejects when the server refuses it for good. */
  async end(): Promise<IngestClientEvents['ended']> {
    this.#recording = undefined;
    await this.#switched;
    await this.#recorder?.stop();
    return this.client.end();
  }

  /** Leaves at once; the server waits 60 s for the owner. May be called again. */
  close(): void {
    this.#recording = undefined;
    this.client.close();
    void this.#recorder?.stop();
  }

  async #switch({ stream, bitsPerSecond }: Recording): Promise<void> {
    await this.#recorder?.stop();
    const recorder = new ChunkRecorder(stream, { bitsPerSecond, onChunk: (chunk) => this.client.send(chunk) });
    this.#recorder = recorder;
    this.client.startEpoch(recorder.mime);
    recorder.start();
  }
}
