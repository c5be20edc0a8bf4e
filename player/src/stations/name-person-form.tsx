import { STATION_ROLES, type StationPerson, type StationRole } from '@awaz/infra/contract';
import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { loaded, useForm, useFresh } from '../rest/index.ts';
import { Banner, Button, Field, Saved, Select } from '../ui/index.ts';
import { personOf, writersOf } from './person-wish.ts';
import type { StationApi } from './station-api.ts';
import { t } from './words.ts';

/** What the form needs. */
export type NamePersonFormProps = {
  api: StationApi;
  station: string;
  /** Who is something already: not offered again. */
  people: readonly StationPerson[];
  onNamed: (person: StationPerson) => void;
};

/** Names a member or a moderator: by address, or by the name of somebody who wrote in the chat lately. */
export function NamePersonForm({ api, station, people, onNamed }: NamePersonFormProps) {
  const messages = useMemo(() => loaded(() => api.lastMessages(station)), [api, station]);
  useFresh(messages);
  const writers = writersOf(messages.view.value.value ?? [], (id) => people.some((person) => person.id === id));
  const role = useSignal<StationRole>('moderator');
  const named = useSignal<string>();
  const form = useForm({
    initial: { person: '' },
    check: ({ person }): { person?: string } => {
      named.value = undefined;
      const wish = personOf(person, writers);
      return 'fault' in wish ? { person: t(`people.fault.${wish.fault}`) } : {};
    },
    send: async ({ person }) => {
      const wish = personOf(person, writers);
      if ('fault' in wish) return;
      const made = await api.namePerson(station, { ...wish, role: role.value });
      named.value = t('people.named', { name: made.name, role: t(`people.${made.role}`) });
      form.set('person', '');
      onNamed(made);
    },
    fieldOf: ({ code, fields }) =>
      code === 'not_found' || fields.some(({ field }) => field === 'email') ? 'person' : undefined,
    wordsOf: ({ code }) => (code === 'not_found' ? t('people.fault.no_account') : t('people.fault.address')),
  });
  return (
    <form class="name-person" ref={form.ref} onSubmit={form.submit} noValidate>
      {form.problem !== undefined && <Banner tone="danger" title={form.problem} />}
      <Field
        {...form.field('person')}
        label={t('people.who')}
        placeholder={t('people.who.placeholder')}
        hint={t('people.who.hint')}
        suggestions={writers.map(({ name }) => ({ value: name }))}
        autocomplete="off"
        maxLength={254}
        required
      />
      <Select
        label={t('people.role')}
        options={STATION_ROLES.toReversed().map((value) => ({ value, label: t(`people.${value}`) }))}
        value={role.value}
        onChoose={(value) => {
          role.value = value;
        }}
      />
      <Button type="submit" kind="primary" busy={form.isBusy}>
        {t('people.add')}
      </Button>
      <Saved>{named.value}</Saved>
    </form>
  );
}
