import { AwazError } from '@awaz/infra/contract';
import { LoopWindow } from '@awaz/infra/runtime';
import { describe, expect, it } from '@jest/globals';
import { type KnownListeners, ListenerDoor } from './listener-door.ts';
import { Overload } from './overload.ts';
import { PublisherDoor } from './publisher-door.ts';

describe('the window of an event loop', () => {
  it('is the mean of five samples; those that are missing count as idle', () => {
    const window = new LoopWindow();
    window.take({ utilization: 1, lagMs: 50 });
    expect(window.mean).toEqual({ utilization: 0.2, lagMs: 10 });
    for (let i = 0; i < 5; i++) window.take({ utilization: 0.5, lagMs: 5 });
    expect(window.mean).toEqual({ utilization: 0.5, lagMs: 5 });
  });
});

describe('overload', () => {
  it('begins at the limit and ends a fifth below it', () => {
    const overload = new Overload(0.7);
    const busyAt = [0.69, 0.7, 0.6, 0.57, 0.55, 0.69].map((utilization) => {
      overload.take({ utilization, lagMs: 0 });
      return overload.isBusy;
    });
    expect(busyAt).toEqual([false, true, true, true, false, false]);
  });

  it('also begins when timers are late by half a part', () => {
    const overload = new Overload(0.7);
    expect(overload.take({ utilization: 0.1, lagMs: 100 })).toBe(true);
    expect(overload.take({ utilization: 0.1, lagMs: 81 })).toBe(false);
    expect(overload.isBusy).toBe(true);
    expect(overload.take({ utilization: 0.1, lagMs: 79 })).toBe(true);
    expect(overload.isBusy).toBe(false);
  });

  it('never begins at a limit of 1', () => {
    const overload = new Overload(1);
    expect(overload.take({ utilization: 1, lagMs: 1000 })).toBe(false);
    expect(overload.isBusy).toBe(false);
  });
});

describe('the door of listeners', () => {
  const told = { admitted: 0, refused: [] as string[] };
  const nobody: KnownListeners = { listening: 0, listens: () => false, listensAnywhere: async () => false };
  const door = (max: number, known = nobody, isBusy = () => false) => {
    told.admitted = 0;
    told.refused = [];
    return new ListenerDoor({
      ...{ max, isBusy, known },
      onAdmitted: () => told.admitted++,
      onRefused: (reason) => told.refused.push(reason),
    });
  };
  const visit = (session: string, isNew = true) => ({ station: 'radio', session, isNew });

  it('counts those on their way in, so that many at once are not more than the limit', () => {
    const narrow = door(3);
    const verdicts = ['a', 'b', 'c', 'd', 'e'].map((session) => narrow.admit(visit(session)));
    expect(verdicts.map((verdict) => verdict instanceof AwazError && verdict.code)).toEqual([
      ...[false, false, false],
      ...['server_full', 'server_full'],
    ]);
    expect(told).toEqual({ admitted: 3, refused: ['full', 'full'] });
    expect(narrow.admit(visit('b', false))).toBeUndefined();
  });

  it('gives nobody two places: who has arrived is not on the way any more', () => {
    const arrived = new Set<string>();
    const known: KnownListeners = {
      get listening() {
        return arrived.size;
      },
      listens: (_, session) => arrived.has(session),
      listensAnywhere: async (_, session) => arrived.has(session),
    };
    const narrow = door(2, known);
    expect(narrow.admit(visit('a'))).toBeUndefined();
    arrived.add('a');
    expect(narrow.admit(visit('b'))).toBeUndefined();
    expect(narrow.taken).toBe(2);
    expect(narrow.admit(visit('c'))).toBeInstanceOf(AwazError);
    arrived.delete('a');
    expect(narrow.admit(visit('c'))).toBeUndefined();
  });

  it('is open to sessions that run while it is closed to others, here or elsewhere, and when that cannot be known', async () => {
    const busy = () => true;
    const here = { ...nobody, listens: () => true };
    expect(door(9, here, busy).admit(visit('a', false))).toBeUndefined();
    expect(
      await door(9, { ...nobody, listensAnywhere: async () => true }, busy).admit(visit('a', false)),
    ).toBeUndefined();
    expect(await door(9, nobody, busy).admit(visit('a', false))).toMatchObject({
      code: 'server_full',
      retryAfterMs: 10_000,
    });
    const unknown = { ...nobody, listensAnywhere: () => Promise.reject(new Error('no Redis')) };
    expect(await door(9, unknown, busy).admit(visit('a', false))).toBeUndefined();
    expect(door(9, here, busy).admit(visit('a'))).toMatchObject({ code: 'server_full' });
  });
});

describe('the door of publishers', () => {
  it('counts those of running broadcasts and refuses new ones alone', () => {
    const refused: string[] = [];
    const door = new PublisherDoor({
      ...{ max: 2, isBusy: () => false },
      onAdmitted: () => undefined,
      onRefused: (reason) => refused.push(reason),
    });
    const places = [door.place(), door.place(), door.place()] as const;
    for (let twice = 0; twice < 2; twice++) places[0].claim();
    places[1].claim();
    expect(() => places[2].claim()).toThrow(expect.objectContaining({ code: 'server_full', retryAfterMs: 3000 }));
    places[2].release();
    expect(door.taken).toBe(2);
    places[2].keep();
    expect([door.taken, door.closedBy, refused]).toEqual([3, 'full', ['full']]);
    for (let twice = 0; twice < 2; twice++) for (const place of places) place.release();
    expect([door.taken, door.closedBy]).toEqual([0, undefined]);
  });
});
