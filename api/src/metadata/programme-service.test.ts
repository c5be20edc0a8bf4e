import { BroadcastRegistry, publisherToken } from '@awaz/infra/broadcasts';
import { AwazError, cutForPartTarget, MAX_TITLE_AHEAD_MS, parseLadder } from '@awaz/infra/contract';
import type { RedisHandle } from '@awaz/infra/redis';
import { startTestRedis, type TestRedis } from '@awaz/infra/testkit';
import { TitleRequests } from '@awaz/infra/titles';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ProgrammeService } from './index.ts';

const NOW = Date.UTC(2026, 0, 6);

let redis: TestRedis;
let handle: RedisHandle;
let service: ProgrammeService;

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
  const registry = new BroadcastRegistry(handle);
  service = new ProgrammeService({ titles: new TitleRequests(handle), registry, now: () => NOW });
});

afterAll(() => redis.close());

async function onAir(station: string) {
  const token = publisherToken('test');
  const wish = { token, takeover: true, ladder: parseLadder('64k'), cut: cutForPartTarget(192), openedBy: 'test' };
  await new BroadcastRegistry(handle).open(station, wish);
}

describe('the programme of a station', () => {
  it('is unknown, and cannot be set, while the station is off air', async () => {
    expect(await service.current('nobody')).toBeUndefined();
    await expect(service.set('nobody', { show: 'x' })).rejects.toMatchObject({ code: 'off_air' });
  });

  it('tells what is due as it will be told, each change upon the one before', async () => {
    await onAir('due');
    expect(await service.current('due')).toEqual({ current: null, due: [] });
    expect(await service.set('due', { show: '  Morning ', host: 'Asha' })).toEqual({ at: NOW });
    await service.set('due', { track: { title: 'B' }, at: NOW + 2000 });
    await service.set('due', { track: { title: 'A', artist: 'Band', art: 'https://x.example/a.png' }, at: NOW + 1000 });
    const common = { show: 'Morning', host: 'Asha' };
    expect(await service.current('due')).toEqual({
      current: null,
      due: [
        { ...common, track: null, at: NOW },
        { ...common, track: { title: 'A', artist: 'Band', art: 'https://x.example/a.png' }, at: NOW + 1000 },
        { ...common, track: { title: 'B', artist: '' }, at: NOW + 2000 },
      ],
    });
  });

  it('takes text of any script, and refuses what would break lines, addresses that are none, and far times', async () => {
    await onAir('text');
    for (const show of ['रेडियो आवाज़', 'می‌خواهم', '👩‍👩‍👧 family', 'a"b', "it's"]) await service.set('text', { show });
    const refused: unknown[] = [
      ...[null, undefined, 'x', 5, [], {}, { title: 'x' }, { show: '' }, { show: '   ' }, { show: 'a\nb' }],
      ...[{ show: 'a\u0000' }, { show: 'a\u2028b' }, { show: '\ud800' }, { show: 'x'.repeat(201) }, { show: 5 }],
      ...[{ track: {} }, { track: { title: '' } }, { track: { title: 'x', artist: 7 } }, { track: 'x' }],
      ...['javascript:alert(1)', 'ftp://x', 'x', 'https://', 'https://a b', `https://x/${'a'.repeat(600)}`].map(
        (art) => ({
          track: { title: 'x', art },
        }),
      ),
      ...[Number.NaN, Number.POSITIVE_INFINITY, -1, NOW + MAX_TITLE_AHEAD_MS + 1, '5'].map((at) => ({ show: 'x', at })),
    ];
    for (const input of refused) {
      await expect(service.set('text', input)).rejects.toMatchObject({ code: 'bad_request' });
    }
    expect((await service.current('text'))?.due).toHaveLength(5);
  });

  it('meets any input with a title that is set or an error that says why', async () => {
    await onAir('fuzz');
    const field = fc.oneof(fc.string({ unit: 'binary' }), fc.constant(null), fc.anything());
    const input = fc.oneof(
      fc.anything(),
      fc.record(
        {
          show: field,
          host: field,
          track: fc.oneof(field, fc.record({ title: field, artist: field, art: fc.oneof(field, fc.webUrl()) })),
          at: fc.oneof(fc.double(), fc.anything()),
        },
        { requiredKeys: [] },
      ),
    );
    await fc.assert(
      fc.asyncProperty(input, async (value) => {
        const outcome = await service.set('fuzz', value).catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(AwazError);
        if (outcome instanceof AwazError) expect(['bad_request', 'limit_reached']).toContain(outcome.code);
        else expect(Number.isFinite((outcome as { at: number }).at)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });
});
