import { expect, test } from '@jest/globals';
import { atMost, renderReport } from './report.ts';

test('a report is a table with units, targets and notes', () => {
  const text = renderReport({
    name: 'sample',
    tables: [
      {
        title: 'Delay',
        columns: [{ name: 'player' }, { name: 'p50', unit: 'ms' }, { name: 'ratio', digits: 2 }],
        rows: [
          ['ours', 586.4, 1],
          ['other', null, 1.678],
        ],
      },
    ],
    targets: [
      atMost('delay p50', 'ms', { limit: 620, measured: 586.4 }),
      atMost('stalls', 'count', { limit: 1, measured: 2 }),
    ],
    notes: ['On loopback.'],
  });
  expect(text).toContain('player  p50  ratio');
  expect(text).toContain('ours    586   1.00');
  expect(text).toContain('other     -   1.68');
  expect(text).toMatch(/delay p50, ms +620\.00 +586\.40 +met\n/);
  expect(text).toMatch(/stalls, count +1\.00 +2\.00 +NOT MET/);
  expect(text).toContain('* On loopback.');
});
