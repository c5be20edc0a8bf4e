import type { KeptRunning, ReleaseStack } from '../runtime/index.ts';
import type { LogView } from './log-view.ts';
import type { RunRecord } from './run-record.ts';
import type { LaunchSettings } from './settings.ts';
import type { StopRequest } from './stop-request.ts';

/** Everything that the parts of one `npm start` share. */
export type Run = {
  /** The project's folder. */
  root: string;
  settings: LaunchSettings;
  view: LogView;
  stopRequest: StopRequest;
  record: RunRecord;
  /** Releases what was started, last first. */
  stack: ReleaseStack;
  /** What is to be killed when a person insists. */
  kept: KeptRunning[];
  /** Ends the run because of a fault. */
  giveUp: (why: string) => void;
};

/** Where a run is reached. */
export type Addresses = {
  /** By programs on this machine, without a slash at the end. */
  local: string;
  /** By people. */
  shown: string;
};
