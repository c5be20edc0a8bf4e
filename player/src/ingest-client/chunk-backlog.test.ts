import { describe, expect, test } from '@jest/globals';
import { ChunkBacklog, KEEP_ACKED_MS, MAX_UNACKED_BYTES, MAX_UNACKED_MS } from './chunk-backlog.ts';

const CHUNK_MS = 60;

function fill(backlog: ChunkBacklog, chunks: number, bytes = 10): number {
  let lost = 0;
  for (let n = 0; n < chunks; n++) {
    const chunk = { payload: new Uint8Array(bytes), capturedAt: 1e12 + n * CHUNK_MS, durationMs: CHUNK_MS };
    lost += backlog.push(chunk)?.chunks ?? 0;
  }
  return lost;
}

function begun(): ChunkBacklog {
  const backlog = new ChunkBacklog();
  backlog.startEpoch('audio/webm');
  return backlog;
}

function sendAll(backlog: ChunkBacklog): void {
  while (backlog.front?.takeUnsent() !== undefined);
}

describe('a chunk backlog', () => {
  test('keeps 60 s of unacknowledged audio and loses the oldest beyond, but for the header', () => {
    const backlog = begun();
    expect(fill(backlog, MAX_UNACKED_MS / CHUNK_MS)).toBe(0);
    expect(fill(backlog, 10)).toBe(10);
    expect(backlog.totals).toMatchObject({ unackedMs: MAX_UNACKED_MS, lostMs: 10 * CHUNK_MS, ackedMs: 0 });
    expect(backlog.front?.holdsHeader).toBe(true);
  });

  test('is capped by bytes too', () => {
    const backlog = begun();
    const bytes = 1_048_576;
    expect(fill(backlog, MAX_UNACKED_BYTES / bytes + 3, bytes)).toBe(3);
    expect(backlog.totals.unackedBytes).toBe(MAX_UNACKED_BYTES);
  });

  test('loses an earlier epoch, its header last, before anything of the present one', () => {
    const backlog = begun();
    fill(backlog, 2);
    backlog.startEpoch('audio/webm');
    expect(fill(backlog, MAX_UNACKED_MS / CHUNK_MS)).toBe(2);
    expect(backlog.front?.unacked).toHaveLength(0);
    expect(backlog.hasNext).toBe(true);
  });

  test('keeps 5 s of acknowledged audio', () => {
    const backlog = begun();
    fill(backlog, 200);
    sendAll(backlog);
    backlog.acknowledge(199);
    expect(backlog.drained).toBe(true);
    const kept = KEEP_ACKED_MS / CHUNK_MS;
    expect(backlog.resumeAt(200 - Math.floor(kept))).toBe('continues');
    expect(backlog.totals.unackedMs).toBe(Math.floor(kept) * CHUNK_MS);
  });

  test('counts acknowledged audio back when the server forgot it', () => {
    const backlog = begun();
    fill(backlog, 10);
    sendAll(backlog);
    backlog.acknowledge(9);
    expect(backlog.totals).toMatchObject({ ackedMs: 600, unackedMs: 0, ackedBytes: 100, unackedBytes: 0 });
    backlog.resumeAt(7);
    expect(backlog.totals).toMatchObject({ ackedMs: 420, unackedMs: 180, ackedBytes: 70, unackedBytes: 30 });
  });

  test('counts what is acknowledged by the answer to a hello', () => {
    const backlog = begun();
    fill(backlog, 10);
    sendAll(backlog);
    backlog.resumeAt(6);
    expect(backlog.totals).toMatchObject({ ackedMs: 360, unackedMs: 240 });
  });

  test('tells what is lost with a dropped epoch', () => {
    const backlog = begun();
    fill(backlog, 5);
    sendAll(backlog);
    backlog.acknowledge(1);
    const [from, to] = [1e12 + CHUNK_MS, 1e12 + 4 * CHUNK_MS];
    expect(backlog.dropFront()).toEqual({ chunks: 3, bytes: 30, durationMs: 180, from, to });
    expect(backlog.totals).toMatchObject({ recordedMs: 300, ackedMs: 120, unackedMs: 0, lostMs: 180 });
  });

  test('loses a chunk for which there is no epoch', () => {
    const backlog = new ChunkBacklog();
    expect(backlog.push({ payload: new Uint8Array(4), capturedAt: 0, durationMs: 60 })).toMatchObject({ chunks: 1 });
    expect(backlog.totals).toMatchObject({ recordedMs: 60, lostMs: 60 });
  });
});
