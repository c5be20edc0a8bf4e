import { signal } from '@preact/signals';
import { asProblem, problemText } from '../rest/index.ts';
import { type PictureFault, type ReadPicture, readPicture } from './picture-file.ts';
import type { StationApi } from './station-api.ts';
import { t } from './words.ts';

/** Where the change of a picture is. `share`: how much has gone, 0 to 1. */
export type PictureState =
  | { kind: 'idle' | 'reading' | 'saved' | 'removed' }
  | { kind: 'chosen'; preview: string }
  | { kind: 'sending'; preview: string; share: number };

/** What the model needs; `read` is replaced in tests. */
export type PictureModelOptions = {
  station: string;
  api: Pick<StationApi, 'setPicture' | 'removePicture'>;
  /** The station has another picture, or none. */
  onChanged: () => void;
  read?: (file: Blob) => Promise<ReadPicture>;
};

/** Chooses, previews, sends and removes the picture of a station. The owner closes it. */
export class PictureModel {
  readonly state = signal<PictureState>({ kind: 'idle' });
  /** What went wrong last, and what to do. */
  readonly problem = signal<string>();
  readonly #options: PictureModelOptions;
  #picture: Blob | undefined;
  #turn = 0;

  constructor(options: PictureModelOptions) {
    this.#options = options;
  }

  /** Shows a file as it will look; nothing is sent yet. Never rejects. */
  async choose(file: Blob): Promise<void> {
    const turn = this.#begin({ kind: 'reading' });
    const read = await (this.#options.read ?? readPicture)(file);
    if (turn !== this.#turn) return;
    if ('fault' in read) return this.#fail(faultText(read.fault));
    this.#picture = read.picture;
    this.state.value = { kind: 'chosen', preview: URL.createObjectURL(read.picture) };
  }

  /** Sends what was chosen. What was chosen stays when it fails. Never rejects. */
  async send(): Promise<void> {
    const { state } = this;
    if (state.value.kind !== 'chosen' || this.#picture === undefined) return;
    const { preview } = state.value;
    const turn = this.#turn;
    this.problem.value = undefined;
    state.value = { kind: 'sending', preview, share: 0 };
    try {
      await this.#options.api.setPicture(this.#options.station, this.#picture, (share) => {
        if (turn === this.#turn) state.value = { kind: 'sending', preview, share };
      });
      this.#begin({ kind: 'saved' });
      this.#options.onChanged();
    } catch (error) {
      this.problem.value = problemText(asProblem(error));
      state.value = { kind: 'chosen', preview };
    }
  }

  /** Forgets what was chosen. */
  cancel(): void {
    this.#begin({ kind: 'idle' });
  }

  /** Takes the station's picture away. Never rejects. */
  async remove(): Promise<void> {
    try {
      await this.#options.api.removePicture(this.#options.station);
      this.#begin({ kind: 'removed' });
      this.#options.onChanged();
    } catch (error) {
      this.#fail(problemText(asProblem(error)));
    }
  }

  /** Frees the preview. May be called again. */
  close(): void {
    this.#begin({ kind: 'idle' });
  }

  #begin(state: PictureState): number {
    const before = this.state.value;
    if ('preview' in before) URL.revokeObjectURL(before.preview);
    this.#picture = undefined;
    this.problem.value = undefined;
    this.state.value = state;
    return ++this.#turn;
  }

  #fail(why: string): void {
    this.#begin({ kind: 'idle' });
    this.problem.value = why;
  }
}

function faultText(fault: PictureFault): string {
  if (fault.kind !== 'too_small') return t(`picture.fault.${fault.kind}`);
  return t('picture.fault.too_small', { width: fault.width, height: fault.height });
}
