import { BroadcastRegistry, type LiveRecord, publisherToken } from '@awaz/infra/broadcasts';
import { ChunkLogWriter } from '@awaz/infra/chunk-log';
import { cutForPartTarget, parseLadder } from '@awaz/infra/contract';
import { type PartLogEvent, PartLogReader, type PublishedPart } from '@awaz/infra/part-log';
import { BROADCAST_QUEUE, broadcastKeys, type RedisHandle, stationKeys } from '@awaz/infra/redis';
import { Queue } from 'bullmq';

/** A broadcast as ingest would open it, for tests of workers. */
export class TestBroadcast {
  readonly record: LiveRecord;
  readonly writer: ChunkLogWriter;
  readonly #handle: RedisHandle;
  readonly #token: string;
  #epoch = 0;
  #seq = 0;

  private constructor(handle: RedisHandle, record: LiveRecord, token: string) {
    this.#handle = handle;
    this.#token = token;
    this.record = record;
    this.writer = new ChunkLogWriter(handle, { ...record, token });
  }

  /** Opens a broadcast and gives its job to the workers. `recordedRung`: rendition to record, none when left out. */
  static async open(handle: RedisHandle, station: string, recordedRung?: number): Promise<TestBroadcast> {
    const token = publisherToken('test');
    const result = await new BroadcastRegistry(handle).open(station, {
      token,
      takeover: false,
      ladder: parseLadder('64k,128k,256k'),
      cut: cutForPartTarget(192),
      recordedRung,
      openedBy: 'test',
    });
    if (!('record' in result)) throw new Error(`The station answered ${result.outcome}.`);
    await handle.commands.persist(stationKeys(station).publisher); // nobody renews the lease here
    const queue = new Queue(BROADCAST_QUEUE.name, {
      prefix: BROADCAST_QUEUE.prefix,
      connection: handle.connect('patient'),
    });
    const { broadcastId } = result.record;
    await queue.add('broadcast', { station, broadcastId }, { jobId: broadcastId });
    await queue.close();
    return new TestBroadcast(handle, result.record, token);
  }

  /** Stays the publisher for so long without renewing, for tests that take their time. */
  async stayPublisher(forMs: number): Promise<void> {
    await this.#handle.commands.set(stationKeys(this.record.station).publisher, this.#token, 'PX', forMs);
  }

  /** Begins a container stream. */
  async epoch(format: string): Promise<void> {
    this.#seq = 0;
    this.#epoch += 1;
    await this.writer.openEpoch(`e${this.#epoch}`, format);
  }

  /** Stores the next chunk. */
  async chunk(payload: Uint8Array, capturedAt: number): Promise<void> {
    const seq = this.#seq++;
    await this.writer.append({ epoch: `e${this.#epoch}`, seq, capturedAt, receivedAt: Date.now(), payload });
  }

  /** Everything in the part log. */
  async events(): Promise<PartLogEvent[]> {
    return new PartLogReader(this.#handle, this.record).readAll();
  }

  /** Entries in the part log. */
  async logLength(): Promise<number> {
    return this.#handle.commands.xlen(broadcastKeys(this.record.station, this.record.broadcastId).parts);
  }

  /** The parts in the part log. */
  async parts(): Promise<PublishedPart[]> {
    return (await this.events()).flatMap((event) => (event.kind === 'part' ? [event.part] : []));
  }

  /** A rendition as one file: init section and all parts. */
  async file(rendition: number): Promise<Buffer> {
    const head = await new PartLogReader(this.#handle, this.record).readMeta();
    const init = head?.initSections[rendition] ?? new Uint8Array(0);
    const payloads = (await this.parts()).map((part) => part.payloads[rendition] ?? new Uint8Array(0));
    return Buffer.concat([init, ...payloads]);
  }
}
