/** One's own stations: making them, their keys and settings. */

export * from './chat-settings.tsx';
export * from './listen-links.tsx';
export * from './moderation-lists.tsx';
export * from './own-roles.tsx';
export * from './own-stations.tsx';
export * from './people-card.tsx';
export * from './picture-card.tsx';
export * from './recordings-card.tsx';
export * from './station-api.ts';
export * from './station-history.tsx';
export * from './station-settings.tsx';
export * from './stream-keys.tsx';
export * from './webhooks-card.tsx';
