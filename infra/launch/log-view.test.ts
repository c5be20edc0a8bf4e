import { expect, test } from '@jest/globals';
import { runProgram } from '../testkit/index.ts';

const entry = new URL('./log-view.js', import.meta.url).href;

/** What a view prints of some log lines. */
async function shown(view: string): Promise<string> {
  const lines = [
    { level: 30, msg: 'listening' },
    { level: 30, msg: 'on air', station: 'jazz', broadcastId: 'abc' },
    { level: 40, msg: 'slow', err: { message: 'disk full' } },
    'no JSON',
  ].map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
  const script = `
    const { plainLogView, readableLogView } = await import(${JSON.stringify(entry)});
    const view = ${view};
    for (const line of ${JSON.stringify(lines)}) view.line('api', line, 'stdout');
  `;
  return (await runProgram(process.execPath, ['--input-type=module', '-e', script])).text;
}

test('a person sees warnings and what happens to broadcasts, in words', async () => {
  const lines = (await shown('readableLogView(false)')).replaceAll(/^\d\d:\d\d:\d\d /gm, '');
  expect(lines).toBe('api [jazz] on air\napi warning: slow (disk full)\napi: no JSON\n');
});

test('a file gets every line as it was written', async () => {
  expect((await shown('plainLogView()')).split('\n')[0]).toBe('{"level":30,"msg":"listening"}');
});
