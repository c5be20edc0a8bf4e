import { Banner, Button, Card, Field, Saved } from '../ui/index.ts';
import type { ShowModel, ShowTexts } from './show-model.ts';
import { t } from './words.ts';

/** What listeners see: show, host and track. Ctrl+Enter tells it too. */
export function ShowCard({ model }: { model: ShowModel }) {
  const state = model.state.value;
  const field = (name: keyof ShowTexts) => ({
    label: t(`show.${name}`),
    value: model.texts.value[name],
    onInput: (text: string) => model.write(name, text),
    autocomplete: 'off',
    maxLength: 200,
  });
  return (
    <Card label={t('show.heading')}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void model.tell();
        }}
      >
        <div>
          <h2>{t('show.heading')}</h2>
          <p class="muted small">{t('show.hint')}</p>
        </div>
        {state.kind === 'failed' && <Banner tone="danger" title={t('show.failed', { why: state.problem.message })} />}
        <div class="pairs">
          <Field {...field('show')} />
          <Field {...field('host')} />
          <Field {...field('title')} />
          <Field {...field('artist')} />
        </div>
        <div class="actions">
          <Button type="submit" busy={state.kind === 'sending'}>
            {t('show.tell')}
          </Button>
          <Saved>
            {state.kind === 'told' && t('show.told')}
            {state.kind === 'waiting' && t('show.waiting')}
          </Saved>
        </div>
      </form>
    </Card>
  );
}
