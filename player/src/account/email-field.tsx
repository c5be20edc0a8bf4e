import { Field, type FieldProps } from '../ui/index.ts';
import { t } from './words.ts';

/** The address that an account signs in by, as password stores know it; labelled. */
export function EmailField(field: Omit<FieldProps, 'label' | 'inputMode' | 'autocomplete' | 'maxLength' | 'required'>) {
  return (
    <Field {...field} label={t('sign_in.email')} inputMode="email" autocomplete="username" maxLength={254} required />
  );
}
