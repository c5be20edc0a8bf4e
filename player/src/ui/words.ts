import { translator } from '../i18n/index.ts';

/** Words of the shared components. */
export const t = translator({
  'ui.listening_one': '{count} listening',
  'ui.listening_other': '{count} listening',
  'ui.listening.least_one': 'at least {count} listening',
  'ui.listening.least_other': 'at least {count} listening',
  'ui.copied': 'Copied',
  'ui.theme.light': 'Switch to light colours',
  'ui.theme.dark': 'Switch to dark colours',
});
