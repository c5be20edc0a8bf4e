import { createScanner } from '@awaz/infra/containers';
import { parseIngestFormat } from '@awaz/infra/contract';
import { expect, test } from '@jest/globals';
import { OPUS_WEBM_MIME, OpusWebm } from './opus-webm.ts';

/** OpusHead (RFC 7845 5.1): mono, 312 samples of pre-skip. */
const OPUS_HEAD = Buffer.from('4f707573486561640101380180bb0000000000', 'hex');

/** A packet of 20 ms of silence (RFC 6716 3.1: CELT, full band, one frame). */
const PACKET = Uint8Array.of(0xf8, 0xff, 0xfe);

test('each Opus packet is whole in the bytes that it gives, and all of them are one WebM stream', async () => {
  const webm = new OpusWebm();
  const scanner = createScanner(parseIngestFormat(OPUS_WEBM_MIME));
  const decoderConfig = { codec: 'opus', sampleRate: 48_000, numberOfChannels: 1, description: OPUS_HEAD };
  let restarts = 0;
  for (let n = 0; n < 200; n++) {
    const bytes = await webm.add({ data: PACKET, decoderConfig: n === 0 ? decoderConfig : undefined });
    const report = scanner.scan(bytes);
    restarts += report.restartPoints.length;
    expect(report.newStreamAt).toBeUndefined();
    expect(scanner.samples).toBe((n + 1) * 960 - 312);
  }
  expect(restarts).toBeGreaterThanOrEqual(3);
});
