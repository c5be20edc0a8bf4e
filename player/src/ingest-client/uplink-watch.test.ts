import { describe, expect, test } from '@jest/globals';
import { CLEAN_SPAN_MS, UplinkWatch } from './uplink-watch.ts';

const STEP_MS = 20;

/** A recorder at some bitrate on an uplink of another, by virtual time; both may be changed on the way. */
class Uplink {
  recordKbps: number;
  carryKbps: number;
  now = 1e12;
  readonly watch = new UplinkWatch();
  readonly #queue: { bytes: number; ms: number }[] = [];
  #recorded = 0;
  #acked = 0;
  #credit = 0;

  constructor(recordKbps: number, carryKbps: number) {
    this.recordKbps = recordKbps;
    this.carryKbps = carryKbps;
  }

  get waitingMs(): number {
    return this.#queue.reduce((sum, { ms }) => sum + ms, 0);
  }

  /** Lets time pass; returns what was judged, as `pace@second`. */
  run(seconds: number, onVerdict: (pace: string) => void = () => {}): string[] {
    const verdicts: string[] = [];
    const from = this.now;
    while (this.now < from + seconds * 1000) {
      this.#step();
      const sums = { recordedBytes: this.#recorded, ackedBytes: this.#acked, unackedMs: this.waitingMs };
      const verdict = this.watch.look(sums, this.now);
      if (verdict === undefined) continue;
      verdicts.push(`${verdict.pace}@${Math.round((this.now - from) / 1000)}`);
      onVerdict(verdict.pace);
    }
    return verdicts;
  }

  /** Puts audio into the queue at once, as after a cut. */
  backlog(seconds: number): void {
    for (let n = 0; n < seconds * 50; n++) this.#record();
  }

  #record(): void {
    const bytes = (this.recordKbps * STEP_MS) / 8;
    this.#recorded += bytes;
    this.#queue.push({ bytes, ms: STEP_MS });
  }

  #step(): void {
    this.now += STEP_MS;
    this.#record();
    this.#credit += (this.carryKbps * STEP_MS) / 8;
    for (let next = this.#queue[0]; next !== undefined && next.bytes <= this.#credit; next = this.#queue[0]) {
      this.#queue.shift();
      this.#credit -= next.bytes;
      this.#acked += next.bytes;
    }
    if (this.#queue.length === 0) this.#credit = 0;
  }
}

describe('an uplink watch', () => {
  test('says nothing of an uplink that keeps up, and each minute that it is clean', () => {
    expect(new Uplink(128, 150).run(130)).toEqual(['clean@60', 'clean@120']);
  });

  test('finds an uplink of half the bitrate within 6 s', () => {
    const [first] = new Uplink(128, 64).run(10);
    expect(first).toMatch(/^slow@[4-6]$/);
  });

  test('finds an uplink that is only a little too slow before 5 s of audio wait', () => {
    const uplink = new Uplink(128, 120);
    const waited: number[] = [];
    uplink.run(60, () => waited.push(uplink.waitingMs));
    expect(waited[0]).toBeLessThan(5000);
  });

  test('goes on to tell until the bitrate fits, and is silent while the rest is worked off', () => {
    const uplink = new Uplink(128, 56);
    const ladder = [96, 64, 48, 32];
    const verdicts = uplink.run(40, () => {
      uplink.recordKbps = ladder.shift() ?? uplink.recordKbps;
    });
    expect(uplink.recordKbps).toBe(48);
    expect(verdicts).toHaveLength(3);
    expect(uplink.waitingMs).toBeLessThan(5000);
  });

  test('does not take a backlog for slowness while it becomes less', () => {
    const uplink = new Uplink(128, 256);
    uplink.backlog(40);
    expect(uplink.run(30)).toEqual([]);
    expect(uplink.waitingMs).toBeLessThan(15_000);
  });

  test('does not take silence of the server for slowness', () => {
    expect(new Uplink(128, 0).run(30)).toEqual([]);
  });

  test('begins the clean minute anew after each slow moment', () => {
    const uplink = new Uplink(64, 128);
    uplink.run(50);
    uplink.carryKbps = 20;
    expect(uplink.run(4)).toEqual(['slow@3']);
    uplink.carryKbps = 512;
    expect(uplink.run(CLEAN_SPAN_MS / 1000 - 2)).toEqual([]);
    expect(uplink.run(5)).toHaveLength(1);
  });

  test('forgets what it saw with the connection', () => {
    const uplink = new Uplink(64, 40);
    for (let n = 0; n < 4; n++) {
      uplink.run(1.8);
      uplink.watch.restart();
    }
    expect(uplink.run(1.5)).toEqual([]);
  });
});
