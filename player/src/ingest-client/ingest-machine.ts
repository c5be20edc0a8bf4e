import type { IngestAck, IngestMetadata, IngestQuality, IngestReady, Milliseconds } from '@awaz/infra/contract';
import { type BacklogTotals, ChunkBacklog } from './chunk-backlog.ts';
import { ChunkSender } from './chunk-sender.ts';
import type { IngestClientEvents, IngestState } from './client-events.ts';
import { type Verdict, verdictOfClose, verdictOfError } from './close-verdict.ts';
import type { RecordedChunk } from './epoch-buffer.ts';
import { type Greeting, helloFor, parseServerMessage } from './ingest-wire.ts';
import { LinkWatch } from './link-watch.ts';
import { LossTeller } from './loss-teller.ts';
import { EffectQueue, type MachineEffect } from './machine-effects.ts';
import { reconnectDelay } from './reconnect-backoff.ts';
import { ServerClock } from './server-clock.ts';
import { UplinkWatch } from './uplink-watch.ts';

/** A connection that lasted this long, or on which audio arrived, was a good one: the next reconnect is quick again. */
const GOOD_LINK_MS = 5000;

/** Longest time for delivering the rest and the end, in ms; the server ends an ownerless broadcast after 60 s. */
export const END_DEADLINE_MS = 60_000;

/** Longest wait for the answer to the end, in ms. */
export const END_ANSWER_MS = 10_000;

/** How the machine behaves. */
export type MachineOptions = {
  /** How many servers there are to choose from. */
  servers: number;
  /** Take the station from another publisher on the first hello. */
  takeover: boolean;
  /** A broadcast to go on with, in a new epoch. */
  broadcastId: string | undefined;
  /** What happens when the server ended the broadcast while this client was cut off. */
  whenOver: 'fail' | 'begin_new';
  /** Jitter, 0 to 1. */
  random: () => number;
};

/**
 * The owner's side of the resumable ingest protocol (INTERFACE.md section 5) without sockets and timers: what happened
 * goes in with the local time, what is to be done comes out of `drain`; `wakeAt` says when to call `tick`.
 *
 * Epochs: one connection carries one epoch. A new epoch waits until all of the one before is acknowledged, then the
 * connection is made anew with the broadcast's id alone. When the server refuses to continue an epoch, it is sent again
 * from its header if that is still held; otherwise its unacknowledged audio is lost (and told) and the next epoch begins,
 * or the source is asked for one with `restart`.
 */
export class IngestMachine {
  readonly #options: MachineOptions;
  readonly #backlog = new ChunkBacklog();
  readonly #watch = new LinkWatch();
  readonly #clock = new ServerClock();
  readonly #uplink = new UplinkWatch();
  readonly #effects = new EffectQueue();
  readonly #losses = new LossTeller(this.#effects);
  readonly #sender = new ChunkSender(this.#watch, this.#effects);
  #state: IngestState = 'idle';
  #greeting: Greeting = 'fresh';
  #unanswered = 0;
  #attempt = 0;
  #ackedBefore: Milliseconds = 0;
  #server = 0;
  #retryAt: Milliseconds | undefined;
  #broadcastId: string | undefined;
  #everReady = false;
  #format = '';
  #endDeadline: Milliseconds | undefined;
  #endSent = false;

  constructor(options: MachineOptions) {
    this.#options = options;
    this.#broadcastId = options.broadcastId;
  }

  /** See {@link IngestState}. */
  get state(): IngestState {
    return this.#state;
  }

  /** Server time minus local time, in ms; undefined before the first answer. */
  get clockOffsetMs(): Milliseconds | undefined {
    return this.#clock.offsetMs;
  }

  /** Sums of what was recorded, acknowledged and given up. */
  get totals(): BacklogTotals {
    return this.#backlog.totals;
  }

  /** Takes what is to be done since the last call. */
  drain(): MachineEffect[] {
    return this.#effects.drain();
  }

  /** When `tick` has to be called; undefined when nothing is due. */
  wakeAt(): Milliseconds | undefined {
    const times = [this.#retryAt, this.#watch.deadline, this.#endDeadline].filter((time) => time !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** A container stream begins; the next chunk starts with its header. The first one connects. */
  startEpoch(format: string, now: Milliseconds): void {
    if (!this.#takesAudio) return;
    const connects = this.#backlog.front === undefined;
    this.#format = format;
    this.#backlog.startEpoch(format);
    if (this.#state === 'idle') this.#enter('connecting');
    if (connects) this.#connect(now);
    else this.#pump(now);
  }

  /** Takes a chunk; false when no epoch began, or the client is ending or over. */
  push(chunk: RecordedChunk, now: Milliseconds): boolean {
    if (!this.#takesAudio || this.#state === 'idle') return false;
    const lost = this.#backlog.push(chunk);
    if (this.#backlog.front === undefined) this.#losses.tell(lost, 'epoch_refused');
    else this.#losses.overflowed(lost);
    this.#pump(now);
    this.#lookAtUplink(now);
    return true;
  }

  /** Sets what plays from the next chunk on; a title that has not been sent when another one comes is forgotten. */
  setTitle(title: Omit<IngestMetadata, 'type'>, now: Milliseconds): void {
    this.#sender.setTitle(title);
    this.#pump(now);
  }

  /** No more audio comes: delivers the rest, then the end. */
  end(now: Milliseconds): void {
    if (this.#state === 'idle') this.#finish({ reason: 'nothing_sent', confirmed: false });
    if (!this.#takesAudio) return;
    this.#endDeadline = now + END_DEADLINE_MS;
    this.#enter('ending');
    if (this.#backlog.front === undefined) {
      // The last epoch was refused and its source has stopped: an empty one carries the end.
      this.#backlog.startEpoch(this.#format);
      this.#connect(now);
    }
    this.#pump(now);
  }

  /** Leaves at once without ending the broadcast; what is not acknowledged is gone. */
  abandon(): void {
    if (!this.#isOver) this.#finish({ reason: 'closed', confirmed: false });
  }

  /** Connects now instead of at the end of the wait, if the client waits. */
  retryNow(now: Milliseconds): void {
    if (this.#retryAt !== undefined) this.#connect(now);
  }

  /** The socket of the last connect effect is open. */
  socketOpened(now: Milliseconds): void {
    while (this.#backlog.hasNext && this.#backlog.front?.drained) this.#backlog.dropFront();
    const front = this.#backlog.front;
    if (this.#watch.phase !== 'opening' || front === undefined) return;
    const takeover = this.#options.takeover && !this.#everReady;
    const { greeting, hello } = helloFor(front, { broadcastId: this.#broadcastId, takeover, now });
    this.#greeting = greeting;
    this.#unanswered++;
    this.#watch.greeted(now);
    this.#effects.add({ do: 'send', data: JSON.stringify(hello) });
  }

  /** The socket closed, or could not be opened. */
  socketClosed(close: { code: number; reason: string }, now: Milliseconds): void {
    if (this.#watch.phase === 'none') return;
    if (this.#endSent && close.code === 1000) this.#finish({ reason: 'closed_by_server', confirmed: false });
    else this.#linkLost(verdictOfClose(close), now);
  }

  /** A text message of the server. What is not understood is passed over: servers may be newer. */
  message(text: string, now: Milliseconds): void {
    const message = parseServerMessage(text);
    if (message === undefined || this.#watch.phase === 'none') return;
    this.#watch.heard(now);
    if (message.type === 'ready') this.#ready(message, now);
    else if (message.type === 'ack') this.#acked(message, now);
    else if (message.type === 'quality') this.#measured(message);
    else if (message.type === 'notice') this.#effects.tell('notice', message);
    else if (message.type === 'error') this.#linkLost(verdictOfError(message), now);
    else this.#finish({ reason: message.reason, confirmed: true });
  }

  /** Does what is due. */
  tick(now: Milliseconds): void {
    if (this.#endDeadline !== undefined && now >= this.#endDeadline) this.#giveUpEnding();
    if (this.#retryAt !== undefined && now >= this.#retryAt) this.#connect(now);
    const deadline = this.#watch.deadline;
    if (deadline === undefined || now < deadline) return;
    const message = this.#watch.phase === 'ready' ? 'The server has gone silent.' : 'The server does not answer.';
    if (this.#watch.phase === 'ready') this.#nextServer();
    this.#linkLost({ code: undefined, message, retryable: true, retryAfterMs: 0 }, now);
  }

  get #isOver(): boolean {
    return this.#state === 'ended' || this.#state === 'failed';
  }

  get #takesAudio(): boolean {
    return !this.#isOver && this.#state !== 'ending';
  }

  #connect(now: Milliseconds): void {
    this.#retryAt = undefined;
    this.#ackedBefore = this.#backlog.totals.ackedMs;
    this.#watch.begin(now);
    this.#effects.add({ do: 'connect', server: this.#server });
  }

  #ready(message: IngestReady, now: Milliseconds): void {
    const front = this.#backlog.front;
    if (this.#watch.phase !== 'greeting' || front === undefined) return;
    this.#clock.measure({ sentAt: this.#watch.greetedAt, receivedAt: now, serverTime: message.serverTime });
    this.#unanswered = 0;
    const isOther = this.#greeting === 'continue' && message.epoch !== front.id;
    if ((isOther && !this.#backlog.restartFront()) || this.#backlog.resumeAt(message.nextSeq) === 'header_needed') {
      this.#epochRefused(now);
      return;
    }
    front.id = message.epoch;
    const began = this.#broadcastId !== message.broadcastId;
    this.#broadcastId = message.broadcastId;
    this.#everReady = true;
    this.#endSent = false;
    this.#watch.ready(now);
    if (this.#state !== 'ending') this.#enter('open');
    this.#effects.tell('ready', { ...message, began });
    this.#uplink.restart();
    this.#overflowOver();
    this.#pump(now);
  }

  #measured(quality: IngestQuality): void {
    this.#watch.pulse();
    this.#effects.tell('quality', quality);
  }

  #lookAtUplink(now: Milliseconds): void {
    const verdict = this.#watch.phase === 'ready' ? this.#uplink.look(this.#backlog.totals, now) : undefined;
    if (verdict !== undefined) this.#effects.tell('uplink', verdict);
  }

  /** The hole is told once, when the server is back; behind it another container stream is better than one with a hole. */
  #overflowOver(): void {
    const isTold = this.#losses.tellOverflow();
    if (isTold && this.#takesAudio && !this.#backlog.hasNext) this.#effects.tell('restart', { reason: 'audio_lost' });
  }

  #acked({ seq, serverTime }: IngestAck, now: Milliseconds): void {
    if (this.#watch.phase !== 'ready') return;
    const sentAt = this.#watch.acked(seq);
    if (sentAt !== undefined) this.#clock.measure({ sentAt, receivedAt: now, serverTime });
    this.#backlog.acknowledge(seq);
    this.#effects.tell('ack', { ...this.#backlog.totals, seq, rttMs: this.#clock.rttMs });
    if (this.#losses.isOver(this.#backlog.totals.unackedMs)) this.#overflowOver();
    this.#pump(now);
  }

  #pump(now: Milliseconds): void {
    const front = this.#backlog.front;
    if (this.#watch.phase !== 'ready' || front === undefined) return;
    this.#sender.send(front, now);
    if (!front.drained) return;
    if (this.#backlog.hasNext) {
      this.#backlog.dropFront();
      this.#connect(now);
    } else if (this.#state === 'ending' && !this.#endSent) {
      this.#endSent = true;
      this.#endDeadline = now + END_ANSWER_MS;
      this.#effects.add({ do: 'send', data: JSON.stringify({ type: 'end' }) });
    }
  }

  #linkLost(verdict: Verdict, now: Milliseconds): void {
    if (this.#watch.phase === 'none') return;
    const wasReady = this.#watch.phase === 'ready';
    const wasGood = this.#watch.readyFor(now) >= GOOD_LINK_MS || this.#backlog.totals.ackedMs > this.#ackedBefore;
    if (wasGood) this.#attempt = 0;
    this.#watch.lost();
    this.#uplink.restart();
    this.#effects.add({ do: 'disconnect' });
    if (verdict.code === 'resume_refused') this.#resumeRefused(verdict, now);
    else if (!verdict.retryable || this.#isRefusedAtFirst(verdict)) this.#fail(verdict);
    else this.#scheduleRetry(verdict, { wasReady, now });
  }

  #scheduleRetry(verdict: Verdict, { wasReady, now }: { wasReady: boolean; now: Milliseconds }): void {
    // A server that says why it does not go on, or never answered, is left for the next one; after a cut the same is best.
    if (!wasReady || verdict.code !== undefined) this.#nextServer();
    const retryInMs = Math.max(reconnectDelay(this.#attempt++, this.#options.random), verdict.retryAfterMs);
    this.#retryAt = now + retryInMs;
    if (this.#everReady && this.#state !== 'ending') this.#enter('reconnecting');
    this.#effects.tell('error', { code: verdict.code, message: verdict.message, retryable: true, retryInMs });
  }

  #nextServer(): void {
    this.#server = (this.#server + 1) % this.#options.servers;
  }

  /** Waiting for a busy station is the owner's choice, unless it is our own lost connection that still holds it. */
  #isRefusedAtFirst({ code }: Verdict): boolean {
    if (this.#everReady) return false;
    return code === 'server_full' || (code === 'station_busy' && this.#unanswered <= 1);
  }

  #resumeRefused(verdict: Verdict, now: Milliseconds): void {
    const isOver = this.#greeting !== 'continue';
    if (this.#endSent) this.#finish({ reason: 'ended_before', confirmed: true });
    else if (isOver && (this.#options.whenOver === 'fail' || this.#greeting === 'fresh')) this.#fail(verdict);
    else {
      if (isOver) this.#broadcastId = undefined;
      this.#epochRefused(now);
    }
  }

  #epochRefused(now: Milliseconds): void {
    if (!this.#backlog.restartFront()) this.#losses.tell(this.#backlog.dropFront(), 'epoch_refused');
    if (this.#backlog.front === undefined && this.#state === 'ending') this.#backlog.startEpoch(this.#format);
    if (this.#backlog.front === undefined) {
      this.#watch.lost();
      this.#effects.add({ do: 'disconnect' });
      this.#enter('reconnecting');
      this.#effects.tell('restart', { reason: 'epoch_refused' });
    } else this.#connect(now);
  }

  #giveUpEnding(): void {
    while (this.#backlog.front !== undefined) this.#losses.tell(this.#backlog.dropFront(), 'end_timeout');
    this.#finish({ reason: 'no_answer', confirmed: false });
  }

  #fail({ code, message, retryable }: Verdict): void {
    this.#stop();
    this.#effects.tell('error', { code, message, retryable, retryInMs: undefined });
    this.#enter('failed');
  }

  #finish(end: IngestClientEvents['ended']): void {
    this.#stop();
    this.#effects.tell('ended', end);
    this.#enter('ended');
  }

  #stop(): void {
    this.#losses.tellOverflow();
    this.#retryAt = undefined;
    this.#endDeadline = undefined;
    this.#watch.lost();
    this.#effects.add({ do: 'disconnect' });
  }

  #enter(state: IngestState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#effects.tell('state', state);
  }
}
