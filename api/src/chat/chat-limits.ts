/** Messages that the history of a station keeps; the oldest go first. */
export const MAX_HISTORY_MESSAGES = 1000;

/** How long a message stays in the history, in ms. */
export const HISTORY_MS = 7 * 24 * 3_600_000;

/** People of a station who are remembered by their last message; who wrote longest ago is forgotten beyond it. */
export const MAX_REMEMBERED_PEOPLE = 5000;

/** Messages in a snapshot. */
export const RECENT_MESSAGES = 50;
