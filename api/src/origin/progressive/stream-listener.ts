import { IcyWeaver } from './icy-metadata.ts';
import type { ResponseSink } from './response-sink.ts';

/** Most bytes that may wait for one listener, beside what the system keeps: 4 s at 256 kbit/s. Beyond it he is dropped. */
export const MAX_UNSENT_BYTES = 128 * 1024;

/** Somebody or something that takes a stream piece by piece. */
export type StreamReceiver = {
  /** Takes the next bytes and the title that is audible with them; false: it took too little and has been dropped. */
  send(bytes: Buffer, title: string): boolean;
  /** Nothing follows. */
  end(): void;
};

/** A listener of the progressive stream. */
export class StreamListener implements StreamReceiver {
  readonly #sink: ResponseSink;
  readonly #icy: IcyWeaver | undefined;

  constructor(sink: ResponseSink, { icy }: { icy: boolean }) {
    this.#sink = sink;
    this.#icy = icy ? new IcyWeaver() : undefined;
  }

  send(bytes: Buffer, title: string): boolean {
    if (this.#sink.unsent() > MAX_UNSENT_BYTES) {
      this.#sink.destroy();
      return false;
    }
    this.#sink.write(this.#icy === undefined ? bytes : this.#icy.weave(bytes, title));
    return true;
  }

  end(): void {
    this.#sink.end();
  }

  /** Ends it at once, without what still waits to be sent. */
  cut(): void {
    this.#sink.destroy();
  }
}
