const dates = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });
const times = new Intl.DateTimeFormat('en', { timeStyle: 'medium' });

/** A day and its time, as people write it; `at` in ms since 1970. */
export const dateText = (at: number): string => dates.format(at);

/** A time of today with its seconds, else with its day; `at` in ms since 1970. */
export function timeText(at: number, now = Date.now()): string {
  return new Date(at).toDateString() === new Date(now).toDateString() ? times.format(at) : dates.format(at);
}
