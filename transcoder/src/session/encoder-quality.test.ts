import { framesToMs } from '@awaz/infra/contract';
import { describe, expect, it } from '@jest/globals';
import { EncoderQuality } from './encoder-quality.ts';

/** Frames in a second, about. */
const SECOND = 47;

describe('EncoderQuality', () => {
  it('knows nothing before it has something to compare with', () => {
    expect(new EncoderQuality().report(0)).toEqual({ speed: null, delayMs: null });
  });

  it('tells the speed of the last seconds and the mean delay since the last report', () => {
    const quality = new EncoderQuality();
    quality.report(0);
    for (let second = 1; second <= 10; second++) {
      quality.encoded(SECOND);
      quality.report(second * framesToMs(SECOND));
    }
    for (const delayMs of [200, 300]) quality.published(delayMs);
    quality.encoded(SECOND);
    expect(quality.report(11 * framesToMs(SECOND))).toEqual({ speed: 1, delayMs: 250 });
  });

  it('shows an encoder that stands still within seconds', () => {
    const quality = new EncoderQuality();
    for (let second = 0; second <= 20; second++) {
      if (second <= 10) quality.encoded(SECOND);
      quality.report(second * 1000);
    }
    expect(quality.report(21_000)).toEqual({ speed: 0, delayMs: null });
  });
});
