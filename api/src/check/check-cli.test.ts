import { describe, expect, it } from '@jest/globals';
import { runCheckCli } from './check-cli.ts';
import { type CheckOptions, checkOrigin, type Report } from './check-origin.ts';
import { control } from './test/mutation.ts';
import { SimulatedClock } from './test/simulated-clock.ts';
import { type OriginFaults, SIMULATED_URL, SimulatedOrigin } from './test/simulated-origin.ts';

/** Runs the command against a simulated origin. */
async function run(argv: readonly string[], faults: OriginFaults = {}) {
  const written = { output: '', errors: '' };
  const clock = new SimulatedClock();
  const check = (options: CheckOptions): Promise<Report> =>
    checkOrigin({ ...options, clock, http: new SimulatedOrigin(clock, faults) });
  const sink = (name: 'output' | 'errors') => ({
    write: (text: string | Uint8Array) => {
      written[name] += String(text);
      return true;
    },
  });
  const code = await runCheckCli(argv, { output: sink('output'), errors: sink('errors'), check });
  return { code, ...written };
}

describe('npm run check', () => {
  it('ends with 0 and says so when no MUST is broken', async () => {
    const { code, output, errors } = await run([SIMULATED_URL, '--seconds', '10']);
    expect(code).toBe(0);
    expect(output).toMatch(/No MUST is broken\.\n$/);
    expect(errors).toContain('playlists');
  });

  it('ends with 1 and begins with what is broken when a MUST is', async () => {
    const { code, output } = await run([SIMULATED_URL, '--seconds', '10'], control({ holdBack: 17 }));
    expect(code).toBe(1);
    expect(output.indexOf('Broken (1)')).toBeLessThan(output.indexOf('In order'));
    expect(output).toMatch(/8 {4}MUST.*HOLD-BACK/);
    expect(output).toContain('HOLD-BACK is 17 s, at least 18 s are needed');
    expect(output).toMatch(/playlist\.m3u8.*, line \d+/);
  });

  it('ends with 0 when only what is not binding is broken', async () => {
    const { code, output } = await run([SIMULATED_URL, '--seconds', '10'], control({ partHoldBack: 2.56 }));
    expect(code).toBe(0);
    expect(output).toContain('Broken, and not binding (1)');
  });

  it('prints one JSON object with rule, level, verdict and evidence', async () => {
    const { output } = await run([SIMULATED_URL, '--seconds', '10', '--json'], control({ holdBack: 17 }));
    const report = JSON.parse(output) as Report;
    const finding = report.findings.find(({ id }) => id === '8');
    expect(finding).toMatchObject({
      level: 'MUST',
      verdict: 'fail',
      evidence: [{ line: expect.any(Number), url: expect.any(String) }, ...Array(4).fill(expect.anything())],
    });
    expect(report.conforms).toBe(false);
  });

  it('says what it cannot tell from outside', async () => {
    const { output } = await run([SIMULATED_URL, '--seconds', '10']);
    expect(output).toMatch(/Not checkable from outside \(\d+\)[\s\S]* 62 /);
  });

  it.each([
    [['--help'], 0, 'output'],
    [[], 2, 'errors'],
    [['ftp://x/y.m3u8'], 2, 'errors'],
    [[SIMULATED_URL, '--seconds', '0'], 2, 'errors'],
    [[SIMULATED_URL, '--sceonds', '5'], 2, 'errors'],
  ] as const)('explains itself for %j', async (argv, code, where) => {
    const result = await run(argv);
    expect(result.code).toBe(code);
    expect(result[where]).toContain('npm run check -- URL.m3u8');
  });

  it('ends with 2 and says why when the URL is no playlist', async () => {
    const { code, errors } = await run([SIMULATED_URL.replace('index', 'none')]);
    expect(code).toBe(2);
    expect(errors).toContain('answers 404, a playlist is needed');
  });
});
