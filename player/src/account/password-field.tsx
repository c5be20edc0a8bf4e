import { useSignal } from '@preact/signals';
import { Field, type FieldProps } from '../ui/index.ts';
import { t } from './words.ts';

/** A password, with a switch that shows it. `isNew` tells password stores what is meant. */
export function PasswordField({ isNew = false, ...field }: Omit<FieldProps, 'secret'> & { isNew?: boolean }) {
  const isShown = useSignal(false);
  return (
    <div class="password">
      <Field
        {...field}
        secret={!isShown.value}
        autocomplete={isNew ? 'new-password' : 'current-password'}
        maxLength={200}
        required
      />
      <label class="check">
        <input
          type="checkbox"
          checked={isShown.value}
          onChange={(event) => {
            isShown.value = event.currentTarget.checked;
          }}
        />
        {t('password.show')}
      </label>
    </div>
  );
}
