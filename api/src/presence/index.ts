/** Who listens: one number for each station, over all processes. */
export type { CountListener } from './count-board.ts';
export { Presence, type PresenceOptions } from './presence.ts';
