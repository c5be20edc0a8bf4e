import { BroadcastRegistry, type LiveRecord, publisherToken } from '@awaz/infra/broadcasts';
import { type Cut, framesToMs, type ProgrammeMetadata, type Rung } from '@awaz/infra/contract';
import { PartLogWriter, type PublishedPart } from '@awaz/infra/part-log';
import type { RedisHandle } from '@awaz/infra/redis';
import type { PublishedProgramme } from '@awaz/infra/titles';

/** How a made-up broadcast is cut. */
export type MadeUpOptions = {
  station?: string;
  cut?: Cut;
  ladder?: Rung[];
  startedAt?: number;
  lowLatency?: boolean;
  /** Bytes of a part instead of made-up ones; parts are counted from 0. */
  payload?: (rung: Rung, part: number) => Buffer;
  /** Init section instead of a made-up one. */
  init?: (rung: Rung) => Buffer;
};

const LADDER = [64, 128, 256].map((kbps) => ({ name: `${kbps}k`, kbps }));

/** Parts of 0.192 s, ten to a segment of 1.92 s. */
export const USUAL_CUT: Cut = { framesPerPart: 9, framesPerSegment: 90 };

/** Facts of the part after `previous`, with bytes that tell where they belong. Values only. */
export function nextMadeUpPart(
  previous: PublishedPart | undefined,
  { cut, ladder, startedAt }: Required<Pick<MadeUpOptions, 'cut' | 'ladder' | 'startedAt'>>,
): PublishedPart {
  const firstFrame = previous === undefined ? 0 : previous.firstFrame + previous.frames;
  const begins = previous === undefined || previous.endsSegment;
  const msn = previous === undefined ? 0 : previous.msn + (begins ? 1 : 0);
  const index = begins ? 0 : (previous?.index ?? 0) + 1;
  const left = cut.framesPerSegment - index * cut.framesPerPart;
  const frames = Math.min(cut.framesPerPart, left);
  return {
    msn,
    index,
    firstFrame,
    frames,
    fillerFrames: msn < 3 ? frames : 0,
    programDateTime: startedAt + framesToMs(firstFrame),
    endsSegment: frames === left,
    publishedAt: startedAt + framesToMs(firstFrame + frames),
    payloads: ladder.map((rung) => madeUpBytes(rung, msn, index)),
  };
}

/** Bytes of a part; as many as its bit rate asks for in a part of 0.192 s. */
export function madeUpBytes(rung: Rung, msn: number, index: number): Buffer {
  return Buffer.alloc(rung.kbps * 24, `${rung.name} ${msn}.${index};`);
}

/** A broadcast in a real part log with made-up bytes, as a transcoder would publish it. */
export class MadeUpBroadcast {
  readonly record: LiveRecord;
  readonly #registry: BroadcastRegistry;
  readonly #writer: PartLogWriter;
  readonly #options: MadeUpOptions;
  #last: PublishedPart | undefined;
  #published = 0;
  #due: ProgrammeMetadata[] = [];
  #programme: PublishedProgramme | undefined;

  private constructor(
    record: LiveRecord,
    log: { registry: BroadcastRegistry; writer: PartLogWriter },
    options: MadeUpOptions,
  ) {
    this.record = record;
    this.#registry = log.registry;
    this.#writer = log.writer;
    this.#options = options;
  }

  /** Goes on air. Nothing is published yet, not even the facts. */
  static async open(handle: RedisHandle, options: MadeUpOptions = {}): Promise<MadeUpBroadcast> {
    const { station = 'demo', cut = USUAL_CUT, ladder = LADDER, lowLatency = true } = options;
    const registry = new BroadcastRegistry(handle);
    const token = publisherToken('test');
    const wish = { token, takeover: true, ladder, cut, lowLatency, openedBy: 'test' };
    const opened = await registry.open(station, wish);
    if (!('record' in opened)) throw new Error(`The station could not be opened: ${opened.outcome}`);
    const record = { ...opened.record, startedAt: options.startedAt ?? opened.record.startedAt };
    const writer = await PartLogWriter.acquire(handle, record);
    return new MadeUpBroadcast(record, { registry, writer }, options);
  }

  /** Goes on air with three segments, as every broadcast opens, and `parts` more parts. */
  static async onAir(handle: RedisHandle, options: MadeUpOptions & { parts?: number } = {}): Promise<MadeUpBroadcast> {
    const broadcast = await MadeUpBroadcast.open(handle, options);
    await broadcast.writeFacts();
    await broadcast.publishSegments(3);
    await broadcast.publish(options.parts ?? 0);
    return broadcast;
  }

  /** The part that was published last. */
  get last(): PublishedPart | undefined {
    return this.#last;
  }

  /** Path of a file of the broadcast. */
  path(rendition: string, file: string): string {
    return `/live/${this.record.station}/${this.record.broadcastId}/${rendition}/${file}`;
  }

  /** Writes the facts and an init section for each rendition. */
  async writeFacts(): Promise<void> {
    const { station, broadcastId, startedAt, ladder, cut, lowLatency } = this.record;
    const { init = (rung) => Buffer.from(`init ${rung.name}`) } = this.#options;
    const inits = ladder.map(init);
    const meta = { station, broadcastId, startedAt, ladder, cut, lowLatency, codec: 'mp4a.40.2' };
    await this.#writer.writeMeta(meta, inits);
  }

  /** Publishes the next parts. */
  async publish(count = 1): Promise<void> {
    for (let published = 0; published < count; published++) {
      const part = this.#titled(this.#filled(nextMadeUpPart(this.#last, this.record)));
      await this.#writer.append(part);
      this.#last = part;
    }
  }

  /** Puts a title into the part that holds its moment. */
  title(title: string, at: number): void {
    this.#due.push({ show: null, host: null, track: { title, artist: '' }, at });
  }

  #titled(part: PublishedPart): PublishedPart {
    const end = part.programDateTime + framesToMs(part.frames);
    const programmeBefore = part.index === 0 ? this.#programme : undefined;
    const programme = this.#due
      .filter(({ at }) => at < end)
      .map((metadata) => ({ ...metadata, publishedAt: part.publishedAt }));
    this.#due = this.#due.filter(({ at }) => at >= end);
    this.#programme = programme.at(-1) ?? this.#programme;
    const told = programme.length === 0 ? part : { ...part, programme };
    return programmeBefore === undefined ? told : { ...told, programmeBefore };
  }

  #filled(part: PublishedPart): PublishedPart {
    const { payload } = this.#options;
    const number = this.#published++;
    return payload === undefined
      ? part
      : { ...part, payloads: this.record.ladder.map((rung) => payload(rung, number)) };
  }

  /** Publishes whole segments. */
  async publishSegments(count: number): Promise<void> {
    const { framesPerPart, framesPerSegment } = this.record.cut;
    await this.publish(count * Math.ceil(framesPerSegment / framesPerPart));
  }

  /** Publishes a last part of `frames` frames that ends its segment, and the end of the broadcast. */
  async end(frames?: number): Promise<void> {
    if (frames !== undefined) {
      const part = { ...nextMadeUpPart(this.#last, this.record), frames, endsSegment: true };
      await this.#writer.append(part);
      this.#last = part;
    }
    await this.#writer.appendEnd(this.#last, 'ended_by_owner');
    await this.#registry.end(this.record.station, this.record.broadcastId, 'ended_by_owner');
  }
}
