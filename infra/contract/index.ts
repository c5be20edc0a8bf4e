/**
 * Wire shapes that server, browser and other people's programs share. Nothing here imports Node or npm at run time;
 * schemas (zod) live in `contract/schemas`.
 */
export * from './accounts.ts';
export * from './alarms.ts';
export * from './chat.ts';
export * from './chunk-message.ts';
export * from './errors.ts';
export * from './event-id.ts';
export * from './events.ts';
export * from './formats.ts';
export * from './ingest-messages.ts';
export * from './ladder.ts';
export * from './permissions.ts';
export * from './profiles.ts';
export * from './programme-text.ts';
export * from './rest-types.ts';
export * from './socket-events.ts';
export * from './station-facts.ts';
export * from './units.ts';
export * from './urls.ts';
export * from './webhooks.ts';
