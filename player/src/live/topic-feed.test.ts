import type { Acknowledgement } from '@awaz/infra/contract';
import { describe, expect, it } from '@jest/globals';
import { TopicFeed } from './topic-feed.ts';

type Answer = Acknowledgement<Record<string, unknown>>;

/** A feed whose joins are answered by hand. */
function open() {
  const joins: { since: string | undefined; answer: (answer: Answer) => void }[] = [];
  const told: string[] = [];
  const feed = new TopicFeed({
    enter: (since) => ({ name: 'join', body: { since } }),
    call: (_name, body) => new Promise((answer) => joins.push({ since: (body as { since?: string }).since, answer })),
    onState: (state) => told.push(state),
    onEvent: (name, data) => told.push(`${name} ${(data as { position: string }).position}`),
    onJoined: ({ position }, isWhole) => told.push(`at ${position}${isWhole ? ', whole' : ''}`),
  });
  const message = (position: string) => feed.take('chat:message', { position });
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return { feed, joins, told, message, settled };
}

describe('TopicFeed', () => {
  it('keeps events that come before the answer to the join is read, and tells them after it, none twice', async () => {
    const { feed, joins, told, message, settled } = open();
    void feed.join();
    joins[0]?.answer({ ok: true, position: 'e-2' });
    message('e-2');
    message('e-3');
    await settled();
    message('e-3');
    message('e-4');
    expect(told).toEqual(['joined', 'at e-2', 'chat:message e-3', 'chat:message e-4']);
  });

  it('goes on from the last place that it knows, and takes what was missed before the new snapshot', async () => {
    const { feed, joins, told, message, settled } = open();
    void feed.join();
    joins[0]?.answer({ ok: true, position: 'e-2' });
    await settled();
    message('e-3');
    feed.cut();
    void feed.join();
    expect(joins[1]?.since).toBe('e-3');
    const missed = ['e-3', 'e-4'].map((position) => ({ event: 'chat:message', data: { position } }));
    joins[1]?.answer({ ok: true, position: 'e-4', missed });
    await settled();
    expect(told.slice(3)).toEqual(['waiting', 'chat:message e-4', 'joined', 'at e-4, whole']);
  });

  it('takes events of another epoch, whatever their number', async () => {
    const { feed, joins, told, message, settled } = open();
    void feed.join();
    joins[0]?.answer({ ok: true, position: 'e-7' });
    await settled();
    message('f-3');
    message('f-3');
    expect(told.slice(2)).toEqual(['chat:message f-3']);
  });

  it('ignores the answer to a join that a cut came before', async () => {
    const { feed, joins, told, settled } = open();
    void feed.join();
    feed.cut();
    joins[0]?.answer({ ok: true, position: 'e-2' });
    await settled();
    expect(told).toEqual([]);
    expect(feed.state).toBe('waiting');
  });

  it('tries again what may be tried again, and gives up what may not', async () => {
    const { feed, joins, told, settled } = open();
    void feed.join();
    joins[0]?.answer({ ok: false, error: { code: 'unavailable', message: 'later', retryAfterMs: 1 } });
    await settled();
    expect(feed.problem?.message).toBe('later');
    while (joins.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    joins[1]?.answer({ ok: false, error: { code: 'unknown_station', message: 'no' } });
    await settled();
    expect(told).toEqual(['waiting', 'refused']);
    expect(feed.problem?.code).toBe('unknown_station');
    expect(feed.leave()).toBe(false);
    expect(feed.state).toBe('left');
  });
});
