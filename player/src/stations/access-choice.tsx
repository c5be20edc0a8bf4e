import { Choices } from '../ui/index.ts';
import { t } from './words.ts';

/** Who may listen to a station. */
export type StationAccess = 'everybody' | 'private';

/** Whether everybody may listen. */
export function AccessChoice(props: { value: StationAccess; onChoose: (value: StationAccess) => void }) {
  return (
    <Choices
      legend={t('new.public')}
      name="access"
      choices={(['everybody', 'private'] as const).map((value) => ({
        value,
        name: t(`new.public.${value}`),
        hint: t(`new.public.${value}.hint`),
      }))}
      {...props}
    />
  );
}
