/** Chat and likes of a station, as listeners and owners have them. */
export * from './chat-link.ts';
export * from './chat-model.ts';
export * from './chat-panel.tsx';
export * from './like-button.tsx';
export * from './like-model.ts';
export * from './live-station.ts';
