import { AwazError } from '@awaz/infra/contract';
import type { Logger } from '@awaz/infra/runtime';
import { until } from '@awaz/infra/testkit';
import { describe, expect, it } from '@jest/globals';
import { RefusalLog } from './refusal-log.ts';

describe('RefusalLog', () => {
  it('logs each code once a second and tells how many it left out', async () => {
    const lines: { code: string; unlogged: number }[] = [];
    const logger = { warn: (line: { code: string; unlogged: number }) => lines.push(line) } as unknown as Logger;
    const log = new RefusalLog();
    for (let i = 0; i < 100; i++) log.refused(logger, new AwazError('bad_key'));
    log.refused(logger, new AwazError('bad_media'));
    expect(lines.map(({ code, unlogged }) => [code, unlogged])).toEqual([
      ['bad_key', 0],
      ['bad_media', 0],
    ]);
    let repeats = 0;
    await until(() => {
      repeats++;
      log.refused(logger, new AwazError('bad_key'));
      return lines.length === 3;
    });
    expect(lines[2]).toMatchObject({ code: 'bad_key', unlogged: 99 + repeats - 1 });
  });
});
