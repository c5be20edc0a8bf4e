import { STATION_ROLES, type StationPerson, type StationRole } from '@awaz/infra/contract';
import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { loaded, useFresh } from '../rest/index.ts';
import { Button, Card, Select } from '../ui/index.ts';
import { LoadedRows } from './loaded-rows.tsx';
import { NamePersonForm } from './name-person-form.tsx';
import type { StationApi } from './station-api.ts';
import { useActs } from './use-acts.ts';
import { t } from './words.ts';

/** Members and moderators of a station: named, changed, dismissed, and called back. */
export function PeopleCard({ api, station }: { api: StationApi; station: string }) {
  const people = useMemo(() => loaded(() => api.people(station)), [api, station]);
  const dismissed = useSignal<StationPerson[]>([]);
  const { problem, act } = useActs(() => people.refresh());
  useFresh(people);
  const name = ({ id }: StationPerson, role: StationRole) => act(() => api.namePerson(station, { account: id, role }));
  const without = (person: StationPerson) => dismissed.value.filter(({ id }) => id !== person.id);
  const dismiss = async (person: StationPerson) => {
    if (await act(() => api.dismissPerson(station, person.id))) dismissed.value = [person, ...without(person)];
  };
  const callBack = async (person: StationPerson) => {
    if (await name(person, person.role)) dismissed.value = without(person);
  };
  return (
    <Card label={t('people.title')}>
      <div class="stack">
        <div class="stack stack--tight">
          <h2>{t('people.title')}</h2>
          <p class="muted small">{t('people.hint')}</p>
        </div>
        <NamePersonForm
          api={api}
          station={station}
          people={people.view.value.value ?? []}
          onNamed={(person) => {
            dismissed.value = without(person);
            void people.refresh();
          }}
        />
        {dismissed.value.map((person) => (
          <DismissedRow key={person.id} person={person} onUndo={() => void callBack(person)} />
        ))}
        <LoadedRows
          list={people}
          loading={t('people.loading')}
          empty={t('people.empty')}
          problem={problem}
          keyOf={({ id }) => id}
          row={(person) => (
            <PersonRow
              person={person}
              onRole={(role) => void name(person, role)}
              onDismiss={() => void dismiss(person)}
            />
          )}
        />
      </div>
    </Card>
  );
}

function PersonRow(props: { person: StationPerson; onRole: (role: StationRole) => void; onDismiss: () => void }) {
  const { person, onRole, onDismiss } = props;
  return (
    <>
      <div class="row-text">
        <p class="row-title">
          <bdi>{person.name}</bdi>
        </p>
        <p class="muted small">{t(`people.${person.role}.may`)}</p>
      </div>
      <div class="actions">
        <Select
          label={t('people.role.named', { name: person.name })}
          isLabelHidden
          options={STATION_ROLES.map((role) => ({ value: role, label: t(`people.${role}`) }))}
          value={person.role}
          onChoose={onRole}
        />
        <Button kind="danger" onClick={onDismiss} aria-label={t('people.dismiss.named', { name: person.name })}>
          {t('people.dismiss')}
        </Button>
      </div>
    </>
  );
}

/** Somebody who was dismissed just now, with the way back, which gets the focus. */
function DismissedRow({ person, onUndo }: { person: StationPerson; onUndo: () => void }) {
  const row = useRef<HTMLDivElement>(null);
  useEffect(() => row.current?.querySelector('button')?.focus(), []);
  return (
    <div class="row row--undo" ref={row}>
      <p class="row-text" role="status">
        {t('people.dismissed', { name: person.name })}
      </p>
      <Button icon="retry" onClick={onUndo}>
        {t('people.undo')}
      </Button>
    </div>
  );
}
