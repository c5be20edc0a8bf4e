import './chat.css';
import { Banner, Loading, Pill } from '../ui/index.ts';
import { ChatLog } from './chat-log.tsx';
import type { ChatModel } from './chat-model.ts';
import { Composer } from './composer.tsx';
import { t } from './words.ts';

/** The chat of a station: what was written, and the place to write. */
export function ChatPanel({ model }: { model: ChatModel }) {
  const state = model.state.value;
  const isOpen = model.you.value !== undefined;
  const isCut = state === 'waiting' && (isOpen || model.link.isOffline.value);
  const { slowSeconds } = model.settings.value;
  return (
    <section class="chat" aria-label={t('chat.title')} id="chat">
      <div class="chat-head">
        <h2>{t('chat.title')}</h2>
        {slowSeconds > 0 && <Pill tone="warn">{t('slow.pill', { seconds: slowSeconds })}</Pill>}
      </div>
      {state === 'refused' && <Banner tone="warn" title={t('chat.refused')} />}
      {isCut && (
        <p class="chat-notice" role="status">
          <span class="spinner" aria-hidden="true" />
          {t(isOpen ? 'chat.connecting' : 'chat.unreachable')}
        </p>
      )}
      {isOpen ? <ChatLog model={model} /> : state !== 'refused' && !isCut && <Loading label={t('chat.loading')} />}
      {isOpen && state !== 'refused' && <Composer model={model} />}
    </section>
  );
}
