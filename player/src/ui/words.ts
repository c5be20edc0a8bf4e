import { translator } from '../i18n/index.ts';

/** Words of the shared components. */
export const t = translator({
  'ui.copied': 'Copied',
  'ui.theme.light': 'Switch to light colours',
  'ui.theme.dark': 'Switch to dark colours',
});
