import type { FreshWebhook, WebhookView } from '@awaz/infra/contract';
import { useSignal } from '@preact/signals';
import { useMemo, useRef } from 'preact/hooks';
import { loaded, newWishId, useFresh } from '../rest/index.ts';
import { Button, Card } from '../ui/index.ts';
import { LoadedRows } from './loaded-rows.tsx';
import type { StationApi } from './station-api.ts';
import { useActs } from './use-acts.ts';
import { WebhookForm } from './webhook-form.tsx';
import { WebhookRow } from './webhook-row.tsx';
import { FreshWebhookSecret } from './webhook-secret.tsx';
import { OFFERED_EVENTS } from './webhook-text.ts';
import { t } from './words.ts';

/** Webhooks of a station: made, tried, watched, switched off and on. */
export function WebhooksCard({ api, station }: { api: StationApi; station: string }) {
  const webhooks = useMemo(() => loaded(() => api.webhooks(station)), [api, station]);
  const { problem, act } = useActs(() => webhooks.refresh());
  useFresh(webhooks);
  return (
    <Card label={t('hooks.title')}>
      <div class="stack">
        <div class="stack stack--tight">
          <h2>{t('hooks.title')}</h2>
          <p class="muted small">{t('hooks.hint')}</p>
        </div>
        <NewWebhook api={api} station={station} onMade={() => void webhooks.refresh()} />
        <LoadedRows<WebhookView>
          list={webhooks}
          loading={t('hooks.loading')}
          empty={t('hooks.empty')}
          problem={problem}
          keyOf={({ id }) => id}
          row={(webhook) => <WebhookRow api={api} station={station} webhook={webhook} act={act} />}
        />
      </div>
    </Card>
  );
}

function NewWebhook({ api, station, onMade }: { api: StationApi; station: string; onMade: () => void }) {
  const isMaking = useSignal(false);
  const fresh = useSignal<FreshWebhook>();
  const wishId = useRef(newWishId());
  const setMaking = (value: boolean) => {
    isMaking.value = value;
  };
  if (fresh.value !== undefined) {
    const { secret } = fresh.value;
    const forget = () => {
      fresh.value = undefined;
    };
    return <FreshWebhookSecret secret={secret} onDone={forget} />;
  }
  if (!isMaking.value) {
    return (
      <div class="actions">
        <Button icon="plus" onClick={() => setMaking(true)}>
          {t('hooks.new')}
        </Button>
      </div>
    );
  }
  return (
    <WebhookForm
      initial={{ url: '', events: [...OFFERED_EVENTS] }}
      label={t('hooks.make')}
      onChange={() => {
        wishId.current = newWishId();
      }}
      send={async (wish) => {
        fresh.value = await api.makeWebhook(station, wish, wishId.current);
        wishId.current = newWishId();
        setMaking(false);
        onMade();
      }}
    >
      <Button kind="quiet" onClick={() => setMaking(false)}>
        {t('new.cancel')}
      </Button>
    </WebhookForm>
  );
}
