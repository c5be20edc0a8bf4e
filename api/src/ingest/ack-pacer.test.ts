import { until } from '@awaz/infra/testkit';
import { describe, expect, it } from '@jest/globals';
import { ACK_SPACING_MS, AckPacer } from './ack-pacer.ts';

describe('AckPacer', () => {
  it('acknowledges at once, then lets the newest stand for those that came close behind', async () => {
    const sent: { seq: number; at: number }[] = [];
    const pacer = new AckPacer((seq) => sent.push({ seq, at: performance.now() }));
    for (let seq = 0; seq < 5; seq++) pacer.stored(seq);
    expect(sent.map(({ seq }) => seq)).toEqual([0]);
    await until(() => sent.length === 2);
    expect(sent[1]?.seq).toBe(4);
    expect((sent[1]?.at ?? 0) - (sent[0]?.at ?? 0)).toBeGreaterThan(ACK_SPACING_MS - 5);
    pacer.close();
  });

  it('sends what waits when it is flushed, and nothing after it is closed', () => {
    const sent: number[] = [];
    const pacer = new AckPacer((seq) => sent.push(seq));
    pacer.stored(0);
    pacer.stored(1);
    pacer.flush();
    pacer.flush();
    expect(sent).toEqual([0, 1]);
    pacer.stored(2);
    pacer.stored(3);
    pacer.close();
    pacer.flush();
    expect(sent).toEqual([0, 1, 2]);
  });
});
