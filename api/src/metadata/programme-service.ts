import type { BroadcastRegistry } from '@awaz/infra/broadcasts';
import { AwazError, MAX_TITLE_AHEAD_MS, type ProgrammeMetadata } from '@awaz/infra/contract';
import { type ProgrammePatch, programmePatchSchema } from '@awaz/infra/contract/schemas';
import { changedProgramme, inOrderOfCapture, type PublishedProgramme, type TitleRequests } from '@awaz/infra/titles';
import { z } from 'zod';

/** What the service needs; the caller owns it. */
export type ProgrammeServiceOptions = {
  titles: Pick<TitleRequests, 'add' | 'state'>;
  registry: Pick<BroadcastRegistry, 'get'>;
  /** Server time, ms since 1970. */
  now?: () => number;
};

/** The programme of a station that is on air. */
export type ProgrammeSnapshot = {
  /** What the newest published audio belongs to; null before the first title. */
  current: ProgrammeMetadata | null;
  /** What was set and is not published yet, in order, each as it will be told; `at` is what was wished for. */
  due: ProgrammeMetadata[];
};

/**
 * What a station plays: takes titles from those who may set them, and tells what is audible. A title reaches listeners with
 * the sound that it belongs to; the worker that publishes the sound tells of it. Stateless.
 */
export class ProgrammeService {
  readonly #options: ProgrammeServiceOptions;

  constructor(options: ProgrammeServiceOptions) {
    this.#options = options;
  }

  /**
   * Sets a title, of the shape of `programmePatchSchema`; what it leaves out stays as it is. Answers with the server time
   * that it is meant for: it becomes audible with the audio captured then, or with the next part where that has gone.
   * Throws an `AwazError`: `bad_request`, `off_air`, `limit_reached`.
   */
  async set(station: string, input: unknown): Promise<{ at: number }> {
    const { at, track, ...rest } = this.#check(input);
    const capturedAt = at ?? this.#now();
    if (capturedAt > this.#now() + MAX_TITLE_AHEAD_MS) {
      throw new AwazError('bad_request', 'at: a title can be set at most a day ahead.');
    }
    const change = track ? { ...rest, track: { ...track, artist: track.artist ?? '' } } : { ...rest, track };
    await this.#options.titles.add(station, { capturedAt, change });
    return { at: capturedAt };
  }

  /** The programme of the broadcast that is on air; undefined when none is. */
  async current(station: string): Promise<ProgrammeSnapshot | undefined> {
    const record = await this.#options.registry.get(station);
    if (record?.state !== 'live') return undefined;
    const { published, waiting } = await this.#options.titles.state(record);
    const due: ProgrammeMetadata[] = [];
    let before = published;
    for (const { change, capturedAt } of waiting.toSorted(inOrderOfCapture)) {
      before = changedProgramme(before, change, { at: capturedAt, publishedAt: 0 });
      due.push(metadataOf(before));
    }
    return { current: published === undefined ? null : metadataOf(published), due };
  }

  #check(input: unknown): ProgrammePatch {
    const checked = programmePatchSchema.safeParse(input);
    if (!checked.success) throw new AwazError('bad_request', z.prettifyError(checked.error));
    const { show, host, track } = checked.data;
    if (show === undefined && host === undefined && track === undefined) {
      throw new AwazError('bad_request', 'Give a show, a host or a track; null takes one away.');
    }
    return checked.data;
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }
}

function metadataOf({ show, host, track, at }: PublishedProgramme): ProgrammeMetadata {
  return { show, host, track, at };
}
