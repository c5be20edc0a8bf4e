import { useSignal } from '@preact/signals';
import { Banner, Button } from '../ui/index.ts';
import { AirCard } from './air-card.tsx';
import { DeliveryCard } from './delivery-card.tsx';
import { ListenerCard } from './listener-card.tsx';
import { SoundCard } from './sound-card.tsx';
import { StopDialog } from './stop-dialog.tsx';
import type { MessageAction } from './studio-message.ts';
import type { StudioModel } from './studio-model.ts';
import { t } from './words.ts';

/** The studio of a station. */
export function StudioRoom(props: { model: StudioModel; server: string; onOtherKey: () => void }) {
  const { model, server } = props;
  const isStopping = useSignal(false);
  const setStopping = (value: boolean) => {
    isStopping.value = value;
  };
  const stop = () => {
    setStopping(false);
    void model.stop();
  };
  return (
    <main class="studio" id="studio">
      <h1 class="studio-title">
        <span class="muted">{t('studio.title')}</span> {model.station}
      </h1>
      <MessageSlot model={model} onOtherKey={props.onOtherKey} />
      <div class="studio-columns">
        <AirCard model={model} onStop={() => setStopping(true)} />
        <SoundCard model={model} />
        <DeliveryCard model={model} />
        <ListenerCard station={model.station} server={server} />
      </div>
      <StopDialog isOpen={isStopping.value && model.isLive.value} onStop={stop} onStay={() => setStopping(false)} />
    </main>
  );
}

function MessageSlot({ model, onOtherKey }: { model: StudioModel; onOtherKey: () => void }) {
  const message = model.message.value;
  if (message === undefined) return <div class="message-slot" />;
  const { tone, title, body, action, code } = message;
  return (
    <div class="message-slot" data-code={code}>
      <Banner
        tone={tone}
        title={title}
        action={action && <ActionButton action={action} model={model} onOtherKey={onOtherKey} />}
      >
        {body}
      </Banner>
    </div>
  );
}

function ActionButton(props: { action: MessageAction; model: StudioModel; onOtherKey: () => void }) {
  const { action, model, onOtherKey } = props;
  const acts: Record<MessageAction, () => void> = {
    go_live: () => void model.goLive(),
    take_over: () => void model.goLive({ takeover: true }),
    resume: () => void model.goLive(),
    open_microphone: () => void model.openMicrophone(),
    other_key: onOtherKey,
  };
  return (
    <Button kind={action === 'resume' ? 'primary' : 'plain'} onClick={acts[action]}>
      {t(`action.${action}`)}
    </Button>
  );
}
