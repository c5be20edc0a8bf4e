import type { WebhookTry, WebhookView } from '@awaz/infra/contract';
import { type Signal, useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { asProblem, problemText } from '../rest/index.ts';
import { Banner, Button, ConfirmDialog, Pill, type PillTone } from '../ui/index.ts';
import { dateText } from './dates.ts';
import type { StationApi } from './station-api.ts';
import type { Acts } from './use-acts.ts';
import { WebhookForm } from './webhook-form.tsx';
import { WebhookLog } from './webhook-log.tsx';
import { FreshWebhookSecret, RotateSecret } from './webhook-secret.tsx';
import { healthOf, healthText, outcomeText, type WebhookHealth } from './webhook-text.ts';
import { t } from './words.ts';

const TONES: Record<WebhookHealth, PillTone> = { on: 'ok', failing: 'warn', off: 'off' };

/** What a row needs. */
export type WebhookRowProps = { api: StationApi; station: string; webhook: WebhookView; act: Acts['act'] };

/** What is open below a webhook. */
type OpenPart = 'log' | 'form' | undefined;

/** A webhook with all that can be done to it. */
export function WebhookRow(props: WebhookRowProps) {
  const { api, station, webhook, act } = props;
  const { id, url, events } = webhook;
  const open = useSignal<OpenPart>(undefined);
  const fresh = useSignal<string>();
  const logId = useId();
  const close = () => {
    open.value = undefined;
  };
  const trial = useTrial(props, () => void act(() => Promise.resolve()));
  return (
    <div class="webhook">
      <WebhookFacts webhook={webhook} />
      <WebhookActs {...props} {...{ open, fresh, trial, logId }} />
      {fresh.value !== undefined && (
        <FreshWebhookSecret
          secret={fresh.value}
          onDone={() => {
            fresh.value = undefined;
          }}
        />
      )}
      <p role="status" class={trial.made?.error === null ? 'saved' : 'hook-refused'}>
        {trial.made !== undefined && outcomeText(trial.made)}
      </p>
      {trial.problem !== undefined && <Banner tone="danger" title={trial.problem} />}
      {open.value === 'form' && (
        <WebhookForm
          initial={{ url, events }}
          label={t('settings.save')}
          send={async (wish) => {
            await api.changeWebhook(station, id, wish);
            close();
            await act(() => Promise.resolve());
          }}
        >
          <Button kind="quiet" onClick={close}>
            {t('new.cancel')}
          </Button>
        </WebhookForm>
      )}
      <div id={logId}>{open.value === 'log' && <WebhookLog api={api} station={station} id={id} />}</div>
    </div>
  );
}

function WebhookFacts({ webhook }: { webhook: WebhookView }) {
  const { url, events, previousSecretUntil } = webhook;
  const health = healthOf(webhook);
  return (
    <div class="row-text">
      <p class="row-title webhook-url">
        <bdi dir="ltr">{url}</bdi>
      </p>
      <p class="webhook-facts">
        <Pill tone={TONES[health]}>{t(`hooks.health.${health}`)}</Pill>
        <span class="muted small">{healthText(webhook)}</span>
      </p>
      <p class="muted small">{events.map((event) => t(`hooks.event.${event}`)).join(' · ')}</p>
      {previousSecretUntil !== null && previousSecretUntil > Date.now() && (
        <p class="muted small">{t('hooks.rotate.until', { date: dateText(previousSecretUntil) })}</p>
      )}
    </div>
  );
}

type WebhookActsProps = WebhookRowProps & {
  open: Signal<OpenPart>;
  fresh: Signal<string | undefined>;
  trial: Trial;
  /** Of the element that the log opens in. */
  logId: string;
};

function WebhookActs(props: WebhookActsProps) {
  const { api, station, webhook, act, open, fresh, trial, logId } = props;
  const { id, url } = webhook;
  const isOff = webhook.disabledAt !== null;
  const toggle = (part: OpenPart) => () => {
    open.value = open.value === part ? undefined : part;
  };
  const rotate = async () => {
    fresh.value = (await api.rotateWebhookSecret(station, id)).secret;
  };
  return (
    <div class="actions">
      <Button
        icon="send"
        busy={trial.isBusy}
        aria-label={t('hooks.test.named', { url })}
        onClick={() => void trial.send()}
      >
        {t('hooks.test')}
      </Button>
      <Button
        aria-label={t(isOff ? 'hooks.switch_on.named' : 'hooks.switch_off.named', { url })}
        onClick={() => void act(() => api.changeWebhook(station, id, { enabled: isOff }))}
      >
        {t(isOff ? 'hooks.switch_on' : 'hooks.switch_off')}
      </Button>
      <Button
        aria-expanded={open.value === 'log'}
        aria-controls={logId}
        aria-label={t('hooks.log.named', { url })}
        onClick={toggle('log')}
      >
        {t('hooks.log')}
      </Button>
      <Button
        aria-expanded={open.value === 'form'}
        aria-label={t('hooks.change.named', { url })}
        onClick={toggle('form')}
      >
        {t('hooks.change')}
      </Button>
      <RotateSecret url={url} onRotate={() => void act(rotate)} />
      <Removal {...props} />
    </div>
  );
}

type Trial = ReturnType<typeof useTrial>;

/** Sends a test and keeps what came of it. */
function useTrial({ api, station, webhook }: WebhookRowProps, onTried: () => void) {
  const isBusy = useSignal(false);
  const made = useSignal<WebhookTry>();
  const problem = useSignal<string>();
  const send = async () => {
    isBusy.value = true;
    made.value = undefined;
    problem.value = undefined;
    try {
      made.value = await api.testWebhook(station, webhook.id);
    } catch (error) {
      problem.value = problemText(asProblem(error));
    }
    isBusy.value = false;
    onTried();
  };
  return { isBusy: isBusy.value, made: made.value, problem: problem.value, send };
}

function Removal({ api, station, webhook, act }: WebhookRowProps) {
  const isAsking = useSignal(false);
  const setAsking = (value: boolean) => {
    isAsking.value = value;
  };
  return (
    <>
      <Button
        kind="danger"
        icon="trash"
        aria-label={t('hooks.remove.named', { url: webhook.url })}
        onClick={() => setAsking(true)}
      >
        {t('hooks.remove')}
      </Button>
      <ConfirmDialog
        isOpen={isAsking.value}
        title={t('hooks.remove.title')}
        confirm={t('hooks.remove')}
        keep={t('remove.keep')}
        onKeep={() => setAsking(false)}
        onConfirm={() => {
          setAsking(false);
          void act(() => api.removeWebhook(station, webhook.id));
        }}
      >
        {t('hooks.remove.body')}
      </ConfirmDialog>
    </>
  );
}
