import { describe, expect, it } from '@jest/globals';
import { UplinkLateness } from './uplink-lateness.ts';

/** An upload of 60 ms chunks, with a report each second; times in ms. */
class Upload {
  readonly lateness = new UplinkLateness();
  now = 0;
  media = 0;
  lateMs = 0;
  readonly isClientClock: boolean;
  constructor(isClientClock = true) {
    this.isClientClock = isClientClock;
  }
  /** For so long, at so many times real time. */
  run(seconds: number, speed = 1): this {
    for (const end = this.now + seconds * 1000; this.now < end; ) {
      const second = Math.floor(this.now / 1000);
      this.now += 60 / speed;
      this.media += 60;
      this.lateness.arrived(this.now, this.media, this.isClientClock);
      if (Math.floor(this.now / 1000) > second) this.lateMs = this.lateness.report();
    }
    return this;
  }
}

describe('UplinkLateness', () => {
  it('calls an upload slow that falls more and more behind, and not any more when it has caught up', () => {
    const upload = new Upload().run(30);
    expect(upload.lateness.isSlow).toBe(false);
    expect(upload.run(15, 0.8).lateMs).toBeGreaterThan(2000);
    expect(upload.lateness.isSlow).toBe(true);
    expect(upload.run(3, 2).run(8).lateness.isSlow).toBe(false);
  });

  it('does not mind a steady delay, nor a backlog that is sent as fast as can be', () => {
    const upload = new Upload();
    upload.now = 60_000;
    expect(upload.run(20, 3).run(20).lateness.isSlow).toBe(false);
  });

  it('does not mind a short stall that is made up for', () => {
    const upload = new Upload().run(20);
    upload.now += 4000;
    expect(upload.run(2, 3).lateness.isSlow).not.toBe(true);
    expect(upload.run(10).lateness.isSlow).toBe(false);
  });

  it('takes a pause of a source without a clock for none of the upload', () => {
    const upload = new Upload(false).run(20);
    upload.now += 10_000;
    upload.run(20);
    expect(upload.lateMs).toBe(0);
    expect(upload.lateness.isSlow).toBe(false);
  });
});
