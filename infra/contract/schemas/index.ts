/** Zod schemas of what comes from outside; types that belong to them are in the contract itself. */
export * from './chat.ts';
export * from './ingest-messages.ts';
export * from './programme.ts';
export * from './realtime.ts';
export * from './rest/index.ts';
export * from './studio-ingest.ts';
