import type { WebhookTry } from '@awaz/infra/contract';
import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { loaded, useFresh } from '../rest/index.ts';
import { Button, Pill, Saved } from '../ui/index.ts';
import { LoadedRows } from './loaded-rows.tsx';
import type { StationApi } from './station-api.ts';
import { useActs } from './use-acts.ts';
import { newestOfEach, outcomeText, readableBody, tryFacts } from './webhook-text.ts';
import { t } from './words.ts';

/** How often an open log is loaded anew while somebody looks, in ms. */
const REFRESH_MS = 4000;

/** What was sent to a webhook lately, and the way to send it again. */
export function WebhookLog({ api, station, id }: { api: StationApi; station: string; id: string }) {
  const tries = useMemo(() => loaded(() => api.webhookTries(station, id)), [api, station, id]);
  const { problem, act } = useActs(() => tries.refresh());
  const said = useSignal('');
  useFresh(tries);
  useEffect(() => {
    const timer = setInterval(() => !document.hidden && void tries.refresh(), REFRESH_MS);
    return () => clearInterval(timer);
  }, [tries]);
  const newest = newestOfEach(tries.view.value.value ?? []);
  const sendAgain = async ({ messageId }: WebhookTry) => {
    said.value = '';
    if (await act(() => api.sendAgain(station, id, messageId))) said.value = t('hooks.again.queued');
  };
  return (
    <div class="webhook-log">
      <div class="actions">
        <h3>{t('hooks.log.title')}</h3>
        <Saved>{said.value}</Saved>
      </div>
      <LoadedRows
        list={tries}
        loading={t('hooks.log.loading')}
        empty={t('hooks.log.empty')}
        problem={problem}
        keyOf={({ messageId, at, attempt }) => `${messageId} ${at} ${attempt}`}
        row={(made) => <TryRow made={made} {...(newest.has(made) ? { onAgain: () => void sendAgain(made) } : {})} />}
      />
    </div>
  );
}

function TryRow({ made, onAgain }: { made: WebhookTry; onAgain?: () => void }) {
  const isTaken = made.error === null;
  return (
    <>
      <div class="row-text">
        <p class="webhook-facts">
          <Pill tone={isTaken ? 'ok' : 'warn'}>{t(isTaken ? 'hooks.try.taken' : 'hooks.try.failed')}</Pill>
          <span class="row-title">{t(`hooks.event.${made.type}`)}</span>
        </p>
        <p class="small">{outcomeText(made)}</p>
        <p class="muted small">{tryFacts(made)}</p>
        <details class="webhook-body">
          <summary>{t('hooks.body')}</summary>
          <p class="muted small" dir="ltr">
            webhook-id: {made.messageId}
          </p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so keys must reach it */}
          <pre dir="ltr" tabIndex={0}>
            {readableBody(made.body)}
          </pre>
        </details>
      </div>
      {onAgain !== undefined && made.type !== 'test' && (
        <Button icon="retry" onClick={onAgain}>
          {t('hooks.again')}
        </Button>
      )}
    </>
  );
}
