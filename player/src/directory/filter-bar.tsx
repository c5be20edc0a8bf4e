import { Field, Select } from '../ui/index.ts';
import type { DirectoryModel } from './directory-model.ts';
import { t } from './words.ts';

/** Search and filters of the directory. What is chosen counts at once and stands in the address. */
export function FilterBar({ model }: { model: DirectoryModel }) {
  const filter = model.filter.value;
  const { languages, tags } = model.facets.value;
  return (
    <search>
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <div class="filters-line">
          <Field
            label={t('filter.search')}
            value={filter.q}
            onInput={(q) => model.write(q)}
            placeholder={t('filter.search.placeholder')}
            inputMode="search"
            autocomplete="off"
            maxLength={100}
          />
          {languages.length > 0 && (
            <Select
              label={t('filter.language')}
              options={[
                { value: '', label: t('filter.language.all') },
                ...languages.map(({ tag, name }) => ({ value: tag, label: name })),
              ]}
              value={filter.language}
              onChoose={(language) => model.choose({ language })}
            />
          )}
        </div>
        <fieldset class="filters-tags">
          <legend class="sr-only">{t('filter.only')}</legend>
          <Toggle name={t('filter.live')} isOn={filter.live} onToggle={(live) => model.choose({ live })} />
          {tags.map((tag) => (
            <Toggle
              key={tag}
              name={tag}
              isOn={tag === filter.tag}
              onToggle={(isOn) => model.choose({ tag: isOn ? tag : '' })}
            />
          ))}
        </fieldset>
      </form>
    </search>
  );
}

/** A choice that is on or off, as a pill to press. */
function Toggle({ name, isOn, onToggle }: { name: string; isOn: boolean; onToggle: (isOn: boolean) => void }) {
  return (
    <button type="button" class="toggle" aria-pressed={isOn} onClick={() => onToggle(!isOn)}>
      <bdi>{name}</bdi>
    </button>
  );
}
