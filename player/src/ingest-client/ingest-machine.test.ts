import { describe, expect, test } from '@jest/globals';
import { END_ANSWER_MS, END_DEADLINE_MS } from './ingest-machine.ts';
import { CONNECT_TIMEOUT_MS, SILENCE_TIMEOUT_MS } from './link-watch.ts';
import { FORMAT, MachineBench, onAir } from './test/machine-bench.ts';

describe('the ingest machine', () => {
  test('connects with the first epoch, says hello, and sends what was recorded meanwhile', () => {
    const bench = new MachineBench();
    bench.machine.startEpoch(FORMAT, bench.now);
    bench.push(2);
    expect(bench.did()).toEqual(['state connecting', 'connect 0']);
    bench.machine.socketOpened(bench.now);
    expect(bench.did()).toEqual(['hello']);
    bench.ready();
    expect(bench.did()).toEqual(['state open', 'tell ready', 'chunk 0=0', 'chunk 1=1']);
  });

  test('puts the format and its clock into hello', () => {
    const bench = new MachineBench();
    bench.machine.startEpoch(FORMAT, bench.now);
    bench.machine.drain();
    bench.machine.socketOpened(bench.now);
    const [effect] = bench.machine.drain();
    expect(effect).toEqual({
      do: 'send',
      data: JSON.stringify({ type: 'hello', format: FORMAT, clientTime: bench.now }),
    });
  });

  test('learns the offset of the server clock from ready and acks', () => {
    const bench = new MachineBench();
    bench.machine.startEpoch(FORMAT, bench.now);
    bench.machine.socketOpened(bench.now);
    bench.now += 100;
    bench.say({ type: 'ready', broadcastId: 'b1', epoch: 'e1', nextSeq: 0, serverTime: bench.now + 2000 - 50 });
    expect(bench.machine.clockOffsetMs).toBe(2000);
    bench.push();
    bench.now += 20;
    bench.say({ type: 'ack', seq: 0, serverTime: bench.now + 2003 - 10 });
    expect(bench.machine.clockOffsetMs).toBe(2003);
  });

  test('continues the epoch after a cut from where the server stopped', () => {
    const bench = onAir();
    bench.ack(0);
    bench.cut();
    bench.push(2);
    expect(bench.did()).toEqual(['tell ack', 'disconnect', 'state reconnecting', 'tell error']);
    expect(bench.wake()).toBeLessThanOrEqual(130);
    bench.ready({ nextSeq: 2 });
    expect(bench.did()).toEqual([
      'connect 0',
      'hello b1 e1',
      'state open',
      'tell ready',
      'chunk 2=2',
      'chunk 3=3',
      'chunk 4=4',
    ]);
  });

  test('sends a title ahead of the next chunk, the newest one once there is a connection', () => {
    const bench = new MachineBench();
    const titlesIn = () =>
      bench.machine
        .drain()
        .flatMap((effect) => (effect.do === 'send' ? [effect.data] : []))
        .map((data) => (typeof data === 'string' ? JSON.parse(data) : 'chunk'));
    bench.machine.setTitle({ track: { title: 'early' } }, bench.now);
    bench.machine.setTitle({ track: { title: 'first' } }, bench.now);
    bench.machine.startEpoch(FORMAT, bench.now);
    bench.push();
    bench.ready();
    expect(titlesIn()).toMatchObject([{ type: 'hello' }, { type: 'metadata', track: { title: 'first' } }, 'chunk']);
    bench.machine.setTitle({ show: null }, bench.now);
    bench.push();
    expect(titlesIn()).toEqual([{ type: 'metadata', show: null }, 'chunk']);
  });

  test('sends acknowledged chunks again when nextSeq went back', () => {
    const bench = onAir();
    bench.ack(2);
    bench.cut();
    bench.wake();
    bench.did();
    bench.ready({ nextSeq: 1 });
    expect(bench.did()).toEqual(['hello b1 e1', 'state open', 'tell ready', 'chunk 1=1', 'chunk 2=2']);
    expect(bench.machine.totals).toMatchObject({ ackedMs: 60, unackedMs: 120 });
  });

  test('counts a connection as dead after 3 s without a word while audio is in flight', () => {
    const bench = onAir({}, 1);
    expect(bench.wake()).toBe(SILENCE_TIMEOUT_MS);
    expect(bench.did()).toEqual(['disconnect', 'state reconnecting', 'tell error']);
  });

  test('takes any message of the server as a sign of life', () => {
    const bench = onAir({}, 1);
    bench.now += 2900;
    bench.say({ type: 'quality', onAir: true });
    bench.now += 2900;
    bench.machine.tick(bench.now);
    expect(bench.did()).toEqual(['tell quality']);
  });

  test('counts a connection as dead after 3 s without the figures of each second, also when nothing is sent', () => {
    const bench = onAir({}, 1);
    bench.ack(0);
    bench.say({ type: 'quality', onAir: true });
    bench.did();
    expect(bench.wake()).toBe(SILENCE_TIMEOUT_MS);
    expect(bench.did()).toEqual(['disconnect', 'state reconnecting', 'tell error']);
  });

  test('lets a server be quiet that never told figures, for as long as nothing was sent', () => {
    const bench = onAir({}, 1);
    bench.ack(0);
    expect(bench.machine.wakeAt()).toBeUndefined();
    bench.say({ type: 'quality', onAir: true });
    bench.cut();
    bench.wake();
    bench.ready({ nextSeq: 1 });
    expect(bench.machine.wakeAt()).toBeUndefined();
  });

  test('gives a server 8 s to answer, and goes to the next one then', () => {
    const bench = new MachineBench({ servers: 2 });
    bench.machine.startEpoch(FORMAT, bench.now);
    bench.did();
    expect(bench.wake()).toBe(CONNECT_TIMEOUT_MS);
    bench.wake();
    expect(bench.did()).toEqual(['disconnect', 'tell error', 'connect 1']);
  });

  test('returns to the same server after a cut', () => {
    const bench = onAir({ servers: 2 });
    bench.cut();
    bench.wake();
    expect(bench.did()).toContain('connect 0');
  });

  test('goes to the next server when one has gone silent, or says that it goes down', () => {
    const silent = onAir({ servers: 2 });
    silent.wake();
    silent.wake();
    expect(silent.did()).toContain('connect 1');
    const leaving = onAir({ servers: 2 });
    leaving.refuse('server_going_down', true);
    leaving.wake();
    expect(leaving.did()).toContain('connect 1');
  });

  test('waits longer with each failure, and at least as long as the server asks', () => {
    const bench = onAir();
    const waits: number[] = [];
    for (let n = 0; n < 4; n++) {
      bench.cut();
      waits.push(bench.wake());
    }
    expect(waits).toEqual([100, 200, 400, 800]);
    bench.machine.socketOpened(bench.now);
    bench.say({ type: 'error', code: 'server_full', message: 'Full.', retryable: true, retryAfterMs: 9000 });
    expect(bench.wake()).toBe(9000);
  });

  test('connects at once when it is told that the network is back', () => {
    const bench = onAir();
    bench.cut();
    bench.did();
    bench.machine.retryNow(bench.now);
    expect(bench.did()).toEqual(['connect 0']);
    bench.machine.retryNow(bench.now);
    expect(bench.did()).toEqual([]);
  });

  test('is quick again once a connection was good for 5 s', () => {
    const bench = onAir();
    for (let n = 0; n < 3; n++) {
      bench.cut();
      bench.wake();
    }
    bench.ready();
    bench.now += 5000;
    bench.cut();
    expect(bench.wake()).toBe(100);
  });

  test('stops on an error that cannot be retried', () => {
    const bench = onAir();
    bench.refuse('replaced');
    expect(bench.did()).toEqual(['disconnect', 'disconnect', 'tell error', 'state failed']);
    expect(bench.machine.push({ payload: Uint8Array.of(1), capturedAt: bench.now }, bench.now)).toBe(false);
    expect(bench.machine.wakeAt()).toBeUndefined();
  });

  test.each(['station_busy', 'server_full'])('leaves the choice to the owner when the first answer is %s', (code) => {
    const bench = new MachineBench();
    bench.machine.startEpoch(FORMAT, bench.now);
    bench.machine.socketOpened(bench.now);
    bench.refuse(code, true);
    expect(bench.machine.state).toBe('failed');
    expect(bench.told('error')).toEqual([expect.objectContaining({ code, retryable: true, retryInMs: undefined })]);
  });

  test('waits for a station that its own unanswered hello may hold', () => {
    const bench = new MachineBench();
    bench.machine.startEpoch(FORMAT, bench.now);
    bench.machine.socketOpened(bench.now);
    bench.cut();
    bench.wake();
    bench.machine.socketOpened(bench.now);
    bench.refuse('station_busy', true);
    expect(bench.machine.state).toBe('connecting');
  });

  test('asks for a takeover on the first hello only', () => {
    const bench = new MachineBench({ takeover: true });
    bench.machine.startEpoch(FORMAT, bench.now);
    bench.ready();
    expect(bench.did()).toContain('hello takeover');
    bench.cut();
    bench.wake();
    bench.ready();
    expect(bench.did()).toContain('hello b1 e1');
  });

  test('goes on with a broadcast after a reload, in a new epoch', () => {
    const bench = new MachineBench({ broadcastId: 'b7' });
    bench.machine.startEpoch(FORMAT, bench.now);
    bench.machine.socketOpened(bench.now);
    expect(bench.did()).toContain('hello b7');
    bench.ready({ broadcastId: 'b7' });
    expect(bench.told('ready')).toEqual([expect.objectContaining({ broadcastId: 'b7', began: false })]);
  });

  test('passes over what it does not understand', () => {
    const bench = onAir();
    bench.say({ type: 'from_the_future' });
    bench.machine.message('no JSON', bench.now);
    bench.machine.message('null', bench.now);
    expect(bench.did()).toEqual([]);
  });

  test('keeps at most half a MiB in flight', () => {
    const bench = onAir({}, 1);
    for (let n = 0; n < 6; n++) {
      bench.machine.push({ payload: new Uint8Array(200_000), capturedAt: bench.now, durationMs: 60 }, bench.now);
    }
    expect(bench.did()).toEqual(['chunk 1=0', 'chunk 2=0']);
    bench.ack(1);
    expect(bench.did()).toEqual(['tell ack', 'chunk 3=0']);
  });
});

describe('a cut of more than a minute', () => {
  test('is told once, with the span that is lost, and asks for a fresh stream behind what was kept', () => {
    const bench = onAir({}, 1);
    bench.ack(0);
    const ackedUntil = bench.now;
    bench.cut();
    bench.did();
    bench.push(1010);
    expect(bench.did()).toEqual([]);
    expect(bench.machine.totals).toMatchObject({ unackedMs: 60_000, lostMs: 600 });
    bench.wake();
    bench.ready({ nextSeq: 1 });
    const effects = bench.machine.drain().filter((effect) => effect.do === 'tell');
    expect(effects.slice(-2)).toEqual([
      expect.objectContaining({
        name: 'lost',
        body: { chunks: 10, bytes: 10, durationMs: 600, from: ackedUntil, to: ackedUntil + 600, reason: 'buffer_full' },
      }),
      expect.objectContaining({ name: 'restart', body: { reason: 'audio_lost' } }),
    ]);
  });

  test('is told as well when the server never comes back', () => {
    const bench = onAir({}, 1);
    bench.cut();
    bench.push(1010);
    bench.machine.abandon();
    expect(bench.told('lost')).toEqual([expect.objectContaining({ durationMs: 660, reason: 'buffer_full' })]);
  });
});

describe('an uplink that is too slow', () => {
  test('is told while audio waits and what is acknowledged is less than what is recorded', () => {
    const bench = onAir({}, 1);
    for (let n = 1; n < 150; n++) {
      bench.push();
      if (n % 2 === 0) bench.ack(n / 2);
    }
    const [verdict] = bench.told('uplink');
    expect(verdict).toMatchObject({ pace: 'slow', kbps: expect.closeTo((8 / 60) * 0.5, 2) });
  });
});

describe('a restarted recorder', () => {
  test('begins its epoch once the one before is all acknowledged', () => {
    const bench = onAir();
    bench.machine.startEpoch(FORMAT, bench.now);
    bench.push(2);
    bench.ack(1);
    expect(bench.did()).toEqual(['tell ack']);
    bench.ack(2);
    bench.ready({ epoch: 'e2' });
    expect(bench.did()).toEqual(['tell ack', 'connect 0', 'hello b1', 'tell ready', 'chunk 0=3', 'chunk 1=4']);
    expect(bench.machine.state).toBe('open');
  });

  test('does not lose the end of the epoch before when the connection is cut in between', () => {
    const bench = onAir();
    bench.machine.startEpoch(FORMAT, bench.now);
    bench.push();
    bench.cut();
    bench.wake();
    bench.did();
    bench.ready({ nextSeq: 1 });
    expect(bench.did()).toEqual(['hello b1 e1', 'state open', 'tell ready', 'chunk 1=1', 'chunk 2=2']);
    bench.ack(2);
    bench.ready({ epoch: 'e2' });
    expect(bench.did().slice(-1)).toEqual(['chunk 0=3']);
  });

  test('does not go back to an epoch of which nothing is left to send', () => {
    const bench = onAir();
    bench.ack(2);
    bench.cut();
    bench.machine.startEpoch(FORMAT, bench.now);
    bench.push();
    bench.wake();
    bench.did();
    bench.ready({ epoch: 'e2' });
    expect(bench.did()).toEqual(['hello b1', 'state open', 'tell ready', 'chunk 0=3']);
  });
});

describe('an epoch that the server does not continue', () => {
  test('is sent again from its header while that is held', () => {
    const bench = onAir();
    bench.ack(1);
    bench.cut();
    bench.wake();
    bench.machine.socketOpened(bench.now);
    bench.did();
    bench.refuse('resume_refused');
    bench.ready({ epoch: 'e2' });
    expect(bench.did()).toEqual([
      'disconnect',
      'connect 0',
      'hello b1',
      'state open',
      'tell ready',
      'chunk 0=0',
      'chunk 1=1',
      'chunk 2=2',
    ]);
  });

  test('is told as lost, and a fresh one asked for, when its header is gone', () => {
    const bench = onAir({}, 200);
    bench.ack(190);
    bench.cut();
    bench.wake();
    bench.machine.socketOpened(bench.now);
    bench.did();
    bench.refuse('resume_refused');
    expect(bench.did()).toEqual(['disconnect', 'tell lost', 'disconnect', 'tell restart']);
    bench.push();
    const span = { from: bench.now - 60, to: bench.now };
    expect(bench.told('lost')).toEqual([{ chunks: 1, bytes: 1, durationMs: 60, ...span, reason: 'epoch_refused' }]);
    bench.machine.startEpoch(FORMAT, bench.now);
    bench.push();
    bench.ready({ epoch: 'e2' });
    expect(bench.did()).toEqual(['connect 0', 'hello b1', 'state open', 'tell ready', 'chunk 0=201']);
  });

  test('makes way for the next one if there is one', () => {
    const bench = onAir({}, 200);
    const span = { from: bench.now - 540, to: bench.now };
    bench.ack(190);
    bench.machine.startEpoch(FORMAT, bench.now);
    bench.push();
    bench.cut();
    bench.wake();
    bench.machine.socketOpened(bench.now);
    bench.machine.drain();
    bench.refuse('resume_refused');
    expect(bench.told('lost')).toEqual([{ chunks: 9, bytes: 9, durationMs: 540, ...span, reason: 'epoch_refused' }]);
    bench.ready({ epoch: 'e2' });
    expect(bench.did().slice(-1)).toEqual(['chunk 0=200']);
  });

  test('fails when the broadcast itself is over', () => {
    const bench = new MachineBench({ broadcastId: 'b7' });
    bench.machine.startEpoch(FORMAT, bench.now);
    bench.machine.socketOpened(bench.now);
    bench.refuse('resume_refused');
    expect(bench.machine.state).toBe('failed');
  });

  test('begins another broadcast when that is wished', () => {
    const bench = onAir({ whenOver: 'begin_new' });
    bench.cut();
    bench.wake();
    bench.machine.socketOpened(bench.now);
    bench.refuse('resume_refused');
    bench.machine.socketOpened(bench.now);
    bench.refuse('resume_refused');
    bench.did();
    bench.ready({ broadcastId: 'b2', epoch: 'e9' });
    expect(bench.did()).toEqual(['hello', 'state open', 'tell ready', 'chunk 0=0', 'chunk 1=1', 'chunk 2=2']);
  });
});

describe('the end', () => {
  test('is sent when all is acknowledged, and is over when the server says so', () => {
    const bench = onAir();
    bench.machine.end(bench.now);
    expect(bench.did()).toEqual(['state ending']);
    bench.ack(2);
    expect(bench.did()).toEqual(['tell ack', 'end']);
    bench.say({ type: 'ended', broadcastId: 'b1', reason: 'ended_by_owner' });
    expect(bench.did()).toEqual(['disconnect', 'tell ended', 'state ended']);
    expect(bench.machine.wakeAt()).toBeUndefined();
  });

  test('is delivered through a cut', () => {
    const bench = onAir();
    bench.machine.end(bench.now);
    bench.cut();
    bench.wake();
    bench.ready({ nextSeq: 2 });
    bench.ack(2);
    expect(bench.did()).toContain('end');
  });

  test('is sent again when the connection was cut before the answer', () => {
    const bench = onAir();
    bench.machine.end(bench.now);
    bench.ack(2);
    bench.cut();
    bench.wake();
    bench.did();
    bench.ready({ nextSeq: 3 });
    expect(bench.did()).toEqual(['hello b1 e1', 'tell ready', 'end']);
  });

  test('counts as confirmed when the broadcast is gone after it was sent', () => {
    const bench = onAir();
    bench.machine.end(bench.now);
    bench.ack(2);
    bench.cut();
    bench.wake();
    bench.machine.socketOpened(bench.now);
    bench.refuse('resume_refused');
    expect(bench.told('ended')).toEqual([{ reason: 'ended_before', confirmed: true }]);
  });

  test('is given up without an answer after 10 s', () => {
    const bench = onAir();
    bench.machine.end(bench.now);
    bench.ack(2);
    expect(bench.wake()).toBe(END_ANSWER_MS);
    expect(bench.told('ended')).toEqual([{ reason: 'no_answer', confirmed: false }]);
  });

  test('is given up after a minute without a server, and what was not delivered is told as lost', () => {
    const bench = onAir();
    const span = { from: bench.now - 180, to: bench.now };
    bench.machine.end(bench.now);
    const endsAt = bench.now + END_DEADLINE_MS;
    while (bench.machine.state === 'ending') {
      bench.cut();
      bench.wake();
    }
    expect(bench.now).toBe(endsAt);
    expect(bench.told('lost')).toEqual([{ chunks: 3, bytes: 3, durationMs: 180, ...span, reason: 'end_timeout' }]);
  });

  test('of a client that never began is at once', () => {
    const bench = new MachineBench();
    bench.machine.end(bench.now);
    expect(bench.machine.state).toBe('ended');
  });

  test('reaches the server in an empty epoch when the last one was refused', () => {
    const bench = onAir({}, 200);
    bench.ack(199);
    bench.cut();
    bench.wake();
    bench.machine.socketOpened(bench.now);
    bench.refuse('resume_refused');
    bench.did();
    bench.machine.end(bench.now);
    bench.ready({ epoch: 'e2' });
    expect(bench.did()).toEqual(['state ending', 'connect 0', 'hello b1', 'tell ready', 'end']);
  });
});
