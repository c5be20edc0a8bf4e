import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from '../binaries/index.ts';
import type { Milliseconds } from '../contract/index.ts';

/** What is used here of the owner's client, which the studio page and the push command work with. */
export type OwnerClient = {
  readonly state: string;
  readonly totals: { ackedMs: Milliseconds; unackedMs: Milliseconds; lostMs: Milliseconds };
  on(name: 'ack', listener: () => void): void;
  on(name: 'ready', listener: (body: { broadcastId: string; epoch: string }) => void): void;
  on(name: 'lost', listener: (body: { durationMs: Milliseconds; reason: string }) => void): void;
  on(name: 'restart', listener: () => void): void;
  on(name: 'error' | 'notice', listener: (body: { code?: string | undefined; message: string }) => void): void;
  startEpoch(format: string): void;
  send(chunk: { payload: Uint8Array; capturedAt: Milliseconds; durationMs: Milliseconds }): boolean;
  end(): Promise<{ confirmed: boolean; reason: string }>;
  close(): void;
};

type OwnerClientModule = {
  IngestClient: new (options: {
    servers: readonly string[];
    station: string;
    key: string;
    openSocket: (url: string) => unknown;
    broadcastId?: string;
  }) => OwnerClient;
  clientTime(): Milliseconds;
};

/** Loads the built client as the push command does. Rejects when it is not built. */
export async function loadOwnerClient(): Promise<OwnerClientModule> {
  const path = join(projectRoot(), 'player/dist/ingest-client/index.js');
  if (!existsSync(path)) throw new Error(`${path} is missing; build the project first.`);
  return (await import(pathToFileURL(path).href)) as OwnerClientModule;
}
