import type { Speaker } from './speaker.ts';

/** Where it is noted what those do who look after a chat; the audit log is one. */
export type ModerationRecorder = {
  /** Never rejects. */
  record(entry: {
    by: { id: string; name: string };
    action: string;
    station: string;
    target?: string;
    address: string;
    before?: unknown;
    after?: unknown;
  }): Promise<void>;
};

/** Something that was done by somebody who looks after a chat. */
export type ModerationStep = {
  /** Name of the event on sockets. */
  action: `chat:${string}`;
  station: string;
  by: Speaker;
  target?: string;
  before?: unknown;
  after?: unknown;
};

/** Notes a step. Never rejects. */
export function noteStep(audit: ModerationRecorder, { by, ...step }: ModerationStep): Promise<void> {
  return audit.record({ ...step, by: { id: by.id, name: by.name }, address: by.address });
}
