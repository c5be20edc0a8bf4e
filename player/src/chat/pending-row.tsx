import { Button } from '../ui/index.ts';
import type { ChatModel } from './chat-model.ts';
import { whyText } from './chat-text.ts';
import type { PendingMessage } from './pending-message.ts';
import { t } from './words.ts';

/** An own message that is not in the chat yet, or was refused. */
export function PendingRow({ model, message }: { model: ChatModel; message: PendingMessage }) {
  const { key, text, state, problem } = message;
  return (
    <li class="chat-message chat-message--own chat-message--pending">
      <p class="chat-text" dir="auto">
        {text}
      </p>
      {state === 'queued' && <p class="chat-fate">{t('message.waiting')}</p>}
      {state === 'failed' && problem !== undefined && (
        <div class="chat-fate chat-fate--failed">
          <p role="alert">{t('message.failed', { why: whyText(problem) })}</p>
          <Button kind="quiet" onClick={() => model.again(key)}>
            {t('message.again')}
          </Button>
          <Button kind="quiet" onClick={() => model.forget(key)}>
            {t('message.drop')}
          </Button>
        </div>
      )}
    </li>
  );
}
