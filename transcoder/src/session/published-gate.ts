import type { ResumeCursor } from '@awaz/infra/part-log';
import type { SourceFrame } from '../packager/packager.ts';

/** Lets frames of a source through from the first one on that is not published yet. Frames come in order. */
export class PublishedGate {
  #cursor: ResumeCursor | undefined;
  #reached: boolean;

  /** `cursor`: what is published; all passes without one. `epoch`: where the source began, if not at the beginning. */
  constructor(cursor: ResumeCursor | undefined, epoch: string | undefined) {
    this.#cursor = cursor;
    this.#reached = cursor !== undefined && cursor.epoch === epoch;
  }

  /** Whether the next frame still has to be published. */
  passes(frame: Pick<SourceFrame, 'cursor'>): boolean {
    if (this.#cursor === undefined) return true;
    const { epoch, publishedSample } = frame.cursor();
    if (epoch === this.#cursor.epoch) {
      this.#reached = true;
      if (publishedSample <= this.#cursor.publishedSample) return false;
    } else if (!this.#reached) return false;
    this.#cursor = undefined;
    return true;
  }
}
