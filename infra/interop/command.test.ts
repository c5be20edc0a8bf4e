import { expect, test } from '@jest/globals';
import { type InteropCheck, type InteropOptions, judged } from './check.ts';
import { interopCommand } from './command.ts';

const NODE = { program: 'node', debian: 'nodejs', versionArgs: ['--version'] };

function check(name: string, run: InteropCheck['run'], needs: InteropCheck['needs'] = [NODE]): InteropCheck {
  return { name, summary: `what ${name} proves`, needs, run };
}

const good = check('good', async () =>
  judged(
    [
      { name: 'delay', value: 12.34, unit: 'ms' },
      { name: 'difference', value: -0.01, unit: 'ms' },
    ],
    [],
  ),
);
const bad = check('bad', async () => judged([], ['two segments were missing']));

async function command(argv: string[], checks: InteropCheck[], signal = new AbortController().signal) {
  const said = { out: '', err: '' };
  const write = (to: keyof typeof said) => (text: string) => {
    said[to] += text;
  };
  const code = await interopCommand(argv, checks, { out: write('out'), err: write('err'), signal });
  return { code, ...said };
}

test('all that were asked for passed: code 0, versions and values are told', async () => {
  const { code, out, err } = await command([], [good]);
  expect(code).toBe(0);
  expect(out).toContain('good: passed');
  expect(out).toContain(`with node: ${process.version}`);
  expect(out).toMatch(/delay +12\.3 +ms/);
  expect(out).toMatch(/difference +0 +ms/);
  expect(out).toMatch(/1 passed, 0 failed, 0 not run\n$/);
  expect(err).toContain('good: what good proves');
});

test('a failed check does not keep the next one from running, and the code is 1', async () => {
  const { code, out } = await command([], [bad, good]);
  expect(code).toBe(1);
  expect(out).toContain('! two segments were missing');
  expect(out).toMatch(/1 passed, 1 failed, 0 not run\n$/);
});

test('a check that throws has failed with the reason', async () => {
  const broken = check('broken', async () => {
    throw new Error('the proxy did not start');
  });
  const { code, out } = await command(['broken', 'good'], [good, broken]);
  expect(code).toBe(1);
  expect(out).toContain('broken: failed');
  expect(out).toContain('! the proxy did not start');
  expect(out).toContain('good: passed');
});

test('only named checks run, each once', async () => {
  const { code, out } = await command(['good', 'good'], [bad, good]);
  expect(code).toBe(0);
  expect(out).toMatch(/1 passed, 0 failed, 0 not run\n$/);
});

test('a missing program is named with the package that has it; the check is not run and the code is 1', async () => {
  let runs = 0;
  const needs = [NODE, { program: 'awaz-no-such-player', debian: 'no-such-player', versionArgs: ['-v'] }];
  const needy = check('needy', async () => judged([], [`run ${++runs}`]), needs);
  const { code, out } = await command([], [needy]);
  expect(code).toBe(1);
  expect(runs).toBe(0);
  expect(out).toContain('cannot run: needs awaz-no-such-player, install with `apt-get install no-such-player`');
  expect(out).toMatch(/0 passed, 0 failed, 1 not run\n$/);
});

test('a program that cannot do what its version arguments ask counts as missing', async () => {
  const needs = [{ program: 'node', debian: 'nodejs-more', versionArgs: ['--no-such-flag'] }];
  const { code, out } = await command([], [check('picky', good.run, needs)]);
  expect(code).toBe(1);
  expect(out).toMatch(
    /cannot run: node --no-such-flag failed \(.*no-such-flag.*\), install with `apt-get install nodejs-more`/,
  );
});

test.each([
  [['nothing'], 'There is no check "nothing".'],
  [['--minutes', '0'], '--minutes 0 is not a number above 0'],
  [['--minutes', 'ten'], '--minutes ten is not a number above 0'],
  [['--minutes', '9999'], '--minutes 9999 is not a number above 0 and up to 1440'],
  [['--loud'], "Unknown option '--loud'"],
])('%j is a wrong call: code 2, the reason and the list of checks', async (argv, reason) => {
  const { code, out, err } = await command(argv, [good]);
  expect(code).toBe(2);
  expect(out).toBe('');
  expect(err).toContain(reason);
  expect(err).toContain('good  what good proves (needs node)');
});

test('--help lists the checks and runs none', async () => {
  const { code, out } = await command(['--help'], [bad]);
  expect(code).toBe(0);
  expect(out).toContain('bad  what bad proves (needs node)');
  expect(out).toContain('--minutes N');
});

test('--json prints one object and passes the minutes on', async () => {
  let minutes = 0;
  const timed = check('timed', async (options: InteropOptions) => {
    ({ minutes } = options);
    return judged([{ name: 'requests', value: 3 }], []);
  });
  const { code, out } = await command(['--json', '--minutes', '0.5'], [timed, bad]);
  expect(code).toBe(1);
  expect(minutes).toBe(0.5);
  expect(JSON.parse(out)).toMatchObject({
    outcomes: [
      { name: 'timed', verdict: 'passed', rows: [{ name: 'requests', value: 3 }], versions: { node: process.version } },
      { name: 'bad', verdict: 'failed', faults: ['two segments were missing'] },
    ],
  });
});

test('after an interruption the running check has failed and the next one is not begun', async () => {
  const interrupted = new AbortController();
  const long = check('long', ({ signal }) => {
    interrupted.abort();
    return signal.aborted ? Promise.reject(new Error('aborted')) : Promise.resolve(judged([], []));
  });
  const { code, out } = await command([], [long, good], interrupted.signal);
  expect(code).toBe(1);
  expect(out).toContain('long: failed');
  expect(out).toContain('! interrupted');
  expect(out).toContain('good: not run');
});
