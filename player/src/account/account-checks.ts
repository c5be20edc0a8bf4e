import { t } from './words.ts';

/** Least characters of a new password; the server says the same. */
const MIN_PASSWORD = 8;

/** What is wrong with an address; undefined when it looks like one. */
export function emailFault(email: string): string | undefined {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email.trim()) ? undefined : t('fault.email');
}

/** What is wrong with a new password. */
export function newPasswordFault(password: string): string | undefined {
  return password.length >= MIN_PASSWORD ? undefined : t('fault.password.short');
}

/** What is wrong with a name. */
export function nameFault(name: string): string | undefined {
  return name.trim() === '' ? t('fault.name') : undefined;
}

/** Leaves out fields with nothing wrong. */
export function faults<Name extends string>(found: Record<Name, string | undefined>): Partial<Record<Name, string>> {
  const wrong = Object.entries<string | undefined>(found).filter(([, fault]) => fault !== undefined);
  return Object.fromEntries(wrong) as Partial<Record<Name, string>>;
}
