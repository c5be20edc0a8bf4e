import type { MetricFigures } from '@awaz/infra/runtime';
import type { ApiConfig } from '../config.ts';

/** What a worker is from its start on: its number (from 1, kept by who replaces it) and how it is to run. */
export type Assignment = { worker: number; config: ApiConfig };

/** What the primary tells a worker. */
export type ToWorker =
  | ({ type: 'assignment' } & Assignment)
  /** It is the worker's turn to listen on this port; 0 is the free one that the others have. */
  | { type: 'listen'; port: number }
  | { type: 'figures_wanted' }
  /** Answer to `metrics_wanted`: the text for all workers. */
  | { type: 'metrics'; text: string };

/** What a worker tells the primary. */
export type ToPrimary =
  /** It runs, and does not know yet what it is: `node:cluster` drops messages that come before somebody listens. */
  | { type: 'assignment_wanted' }
  /** Everything but the port is there. */
  | { type: 'prepared' }
  | { type: 'listening'; port: number }
  | { type: 'figures'; figures: MetricFigures }
  | { type: 'metrics_wanted' };
