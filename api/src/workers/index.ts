/** Several API processes on one port: the primary's side, and each worker's. */
export { PrimaryLink } from './primary-link.ts';
export { WorkerPool, type WorkerPoolOptions } from './worker-pool.ts';
