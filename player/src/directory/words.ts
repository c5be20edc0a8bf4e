import { translator } from '../i18n/index.ts';

/** Words of the directory. */
export const t = translator({
  'directory.skip': 'Skip to the stations',
  'directory.title': 'Live radio, as it happens',
  'directory.lead': 'Voices and music half a second away.',
  'directory.on_air': 'On air now',
  'directory.off_air': 'Off air',
  'directory.live': 'LIVE',
  'directory.off': 'Off air',
  'directory.since': 'on air for {time}',
  'directory.news.on': '{title} is on air.',
  'directory.news.off': '{title} went off air.',
  'directory.studio': 'Studio',
  'directory.loading': 'Looking for stations…',
  'directory.empty': 'There is no station here yet.',
  'directory.empty.hint': 'Stations appear as soon as somebody makes one.',
  'directory.nobody': 'Nobody is on air right now.',
  'directory.failed': 'The list of stations could not be loaded.',
  'directory.failed.hint': 'We keep trying by ourselves.',
  'directory.retry': 'Try again',
});
