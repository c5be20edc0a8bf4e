import { expect, test } from '@jest/globals';
import { atLeast, atMost, renderReport } from './report.ts';

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
      atLeast('listeners', 'count', { limit: 10, measured: 11 }),
    ],
    notes: ['On loopback.'],
  });
  expect(text).toContain('player  p50  ratio');
  expect(text).toContain('ours    586   1.00');
  expect(text).toContain('other     -   1.68');
  expect(text).toMatch(/delay p50, ms +most +620\.00 +586\.40 +met\n/);
  expect(text).toMatch(/stalls, count +most +1\.00 +2\.00 +NOT MET/);
  expect(text).toMatch(/listeners, count +least +10\.00 +11\.00 +met/);
  expect(text).toContain('* On loopback.');
});
