/** The REST API as pages use it. */
export * from './loaded.ts';
export * from './paged.ts';
export * from './problem.ts';
export * from './problem-text.ts';
export * from './rest-client.ts';
export * from './use-form.ts';
export * from './use-fresh.ts';
export * from './wish-id.ts';
