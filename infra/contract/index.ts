/**
 * Wire shapes that server, browser and other people's programs share. Nothing here imports Node or npm at run time;
 * schemas (zod) live in `contract/schemas`.
 */
export * from './chunk-message.ts';
export * from './errors.ts';
export * from './formats.ts';
export * from './ingest-messages.ts';
export * from './ladder.ts';
export * from './profiles.ts';
export * from './units.ts';
export * from './urls.ts';
