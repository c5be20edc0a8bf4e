import type { RedisHandle } from '@awaz/infra/redis';
import { AUDIT_KEYS } from '@awaz/infra/redis';
import { createLogger, createRegistry } from '@awaz/infra/runtime';
import { startTestRedis, type TestRedis } from '@awaz/infra/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AuditLog, MAX_STATION_AUDIT_ENTRIES } from './index.ts';

let redis: TestRedis;
let handle: RedisHandle;
const metrics = createRegistry('test');
let audit: AuditLog;

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
  audit = new AuditLog({ handle, metrics, logger: createLogger('test', 'silent') });
});
afterAll(() => redis.close());

const ann = { by: { id: 'a1', name: 'Ann' }, address: '192.0.2.1' };

describe('AuditLog', () => {
  it('tells who did what, on what, from where, when, and what changed, the newest first', async () => {
    const begun = Date.now();
    await audit.record({
      ...ann,
      action: 'station.changed',
      station: 'radio',
      before: { title: 'A' },
      after: { title: 'B' },
    });
    await audit.record({ ...ann, action: 'chat:ban', station: 'radio', target: 'g1' });
    await audit.record({ ...ann, action: 'admin.user_changed', target: 'a2' });
    const all = await audit.list({ limit: 10 });
    expect(all.map(({ action }) => action)).toEqual(['admin.user_changed', 'chat:ban', 'station.changed']);
    expect(all[2]).toMatchObject({ ...ann, station: 'radio', before: { title: 'A' }, after: { title: 'B' } });
    expect(all[2]?.at).toBeGreaterThanOrEqual(begun);
    const radio = await audit.list({ station: 'radio', limit: 10 });
    expect(radio.map(({ action }) => action)).toEqual(['chat:ban', 'station.changed']);
    expect(await audit.list({ station: 'other', limit: 10 })).toEqual([]);
  });

  it('comes in pages', async () => {
    const [first] = await audit.list({ limit: 1 });
    const [second] = await audit.list({ limit: 1, before: first?.id });
    expect([first?.action, second?.action]).toEqual(['admin.user_changed', 'chat:ban']);
    await expect(audit.list({ limit: 1, before: '+ COUNT' })).rejects.toMatchObject({ code: 'bad_request' });
  });

  it('is bounded, and so is each entry', async () => {
    const key = AUDIT_KEYS.station('busy');
    const many = MAX_STATION_AUDIT_ENTRIES + 1000;
    const pipeline = handle.commands.pipeline();
    for (let i = 0; i < many; i++) pipeline.xadd(key, '*', 'entry', '{}');
    await pipeline.exec();
    await audit.record({ ...ann, action: 'x', station: 'busy', after: 'y'.repeat(100_000) });
    expect(await handle.commands.xlen(key)).toBeLessThan(MAX_STATION_AUDIT_ENTRIES + 200);
    const [last] = await audit.list({ station: 'busy', limit: 1 });
    expect(String(last?.after).length).toBeLessThan(5000);
  });

  it('does not undo what was done when an entry cannot be kept; it is counted', async () => {
    const own = await startTestRedis();
    const registry = createRegistry('test');
    const cut = new AuditLog({ handle: own.handle(), metrics: registry, logger: createLogger('test', 'silent') });
    await own.kill();
    await expect(cut.record({ ...ann, action: 'x' })).resolves.toBeUndefined();
    expect(await registry.metrics()).toMatch(/awaz_audit_lost_total\{[^}]*\} 1/);
    await own.close();
  });
});
