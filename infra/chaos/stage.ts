import type { ChaosStack } from './chaos-stack.ts';
import type { Owner } from './owner.ts';
import type { PartFollower } from './part-follower.ts';

/** What faults are done to: a broadcast on air, with its owner and a listener. */
export type Stage = {
  readonly stack: ChaosStack;
  readonly owner: Owner;
  readonly follower: PartFollower;
  /** Numbers from 0 up to 1 that follow from the seed of the run. */
  readonly random: () => number;
  /** Aborted when the run is given up. */
  readonly signal: AbortSignal;
};
