import { describe, expect, it } from '@jest/globals';
import { checkOrigin } from './check-origin.ts';
import { SimulatedClock } from './test/simulated-clock.ts';
import { type OriginFaults, SIMULATED_URL, SimulatedOrigin } from './test/simulated-origin.ts';

const run = async (faults: OriginFaults, seconds = 45) => {
  const clock = new SimulatedClock();
  const http = new SimulatedOrigin(clock, faults);
  return checkOrigin({ url: SIMULATED_URL, seconds, http, clock });
};

describe('a check of an origin that keeps all rules', () => {
  it('finds nothing broken, and looks at nearly every rule', async () => {
    const report = await run({});
    const of = (verdict: string) => report.findings.filter((finding) => finding.verdict === verdict);
    expect([...of('fail'), ...of('warn')]).toEqual([]);
    expect(report.conforms).toBe(true);
    expect(of('not applicable').length).toBeLessThan(20);
  });
});
