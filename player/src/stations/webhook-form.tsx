import type { WebhookEvent } from '@awaz/infra/contract';
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useForm } from '../rest/index.ts';
import { Banner, Button, Checks, Field } from '../ui/index.ts';
import { OFFERED_EVENTS } from './webhook-text.ts';
import { t } from './words.ts';

/** What is asked of a webhook. */
export type WebhookWish = { url: string; events: WebhookEvent[] };

/** What the form needs. */
export type WebhookFormProps = {
  initial: WebhookWish;
  /** Words of the button. */
  label: string;
  send: (wish: WebhookWish) => Promise<void>;
  /** Something was changed since it was sent. */
  onChange?: () => void;
  /** Beside the button. */
  children?: ComponentChildren;
};

/** Where a webhook leads and what it is told. */
export function WebhookForm({ initial, label, send, onChange, children }: WebhookFormProps) {
  const events = useSignal<WebhookEvent[]>(initial.events);
  const eventsFault = useSignal<string>();
  const form = useForm({
    initial: { url: initial.url },
    check: ({ url }): { url?: string } => {
      eventsFault.value = events.value.length === 0 ? t('hooks.fault.events') : undefined;
      return isWebAddress(url) ? {} : { url: t('hooks.fault.url') };
    },
    send: async ({ url }) => {
      if (events.value.length > 0) await send({ url: url.trim(), events: events.value });
    },
    fieldOf: ({ code, fields }) => (code === 'bad_request' && fields.length === 0 ? 'url' : undefined),
    wordsOf: ({ message }) => message,
  });
  const url = form.field('url');
  return (
    <form class="stack" ref={form.ref} onSubmit={form.submit} noValidate>
      {form.problem !== undefined && <Banner tone="danger" title={form.problem} />}
      <Field
        {...url}
        onInput={(value) => {
          onChange?.();
          url.onInput(value);
        }}
        label={t('hooks.url')}
        placeholder="https://example.org/hook"
        hint={t('hooks.url.hint')}
        inputMode="url"
        autocomplete="off"
        maxLength={2000}
        required
      />
      <Checks
        legend={t('hooks.events')}
        choices={OFFERED_EVENTS.map((value) => ({
          value: value as WebhookEvent,
          name: t(`hooks.event.${value}`),
          hint: t(`hooks.event.${value}.hint`),
        }))}
        values={events.value}
        onChoose={(values) => {
          onChange?.();
          events.value = values;
          eventsFault.value = undefined;
        }}
        error={eventsFault.value}
      />
      <div class="actions">
        <Button type="submit" kind="primary" busy={form.isBusy}>
          {label}
        </Button>
        {children}
      </div>
    </form>
  );
}

function isWebAddress(text: string): boolean {
  return /^https?:\/\//i.test(text.trim()) && URL.canParse(text.trim());
}
