import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { Banner, Button, Tabs } from '../ui/index.ts';
import { AirCard } from './air-card.tsx';
import { DeliveryCard } from './delivery-card.tsx';
import { ListenerCard } from './listener-card.tsx';
import { SoundCard } from './sound-card.tsx';
import { StopDialog } from './stop-dialog.tsx';
import type { MessageAction } from './studio-message.ts';
import type { StudioModel } from './studio-model.ts';
import { t } from './words.ts';

/** A part of the studio beside the sound. */
export type StudioPart = { name: string; content: ComponentChildren };

/** What a room is made of. */
export type StudioRoomProps = {
  model: StudioModel;
  server: string;
  /** What stands over the room; the slug when left out. */
  title?: string;
  /** Only those whom the owner lets in may listen. */
  isPrivate?: boolean;
  /** Beside the sound, for those who own the station. */
  desk?: ComponentChildren;
  /** Further tabs for them. */
  parts?: Record<string, StudioPart>;
  onOtherKey: () => void;
};

/** The studio of a station. */
export function StudioRoom({ model, server, title, isPrivate = false, desk, parts, onOtherKey }: StudioRoomProps) {
  const isStopping = useSignal(false);
  const setStopping = (value: boolean) => {
    isStopping.value = value;
  };
  const stop = () => {
    setStopping(false);
    void model.stop();
  };
  const columns = <SoundColumns {...{ model, server, isPrivate }} onStop={() => setStopping(true)} />;
  const cockpit = (
    <div class="cockpit">
      {columns}
      {desk}
    </div>
  );
  const sound = desk === undefined ? columns : cockpit;
  return (
    <main class="studio" id="studio">
      <h1 class="studio-title">
        <span class="muted">{t('studio.title')}</span> <span dir="auto">{title ?? model.station}</span>
      </h1>
      <MessageSlot model={model} onOtherKey={onOtherKey} />
      {parts === undefined ? sound : <StudioTabs sound={sound} parts={parts} />}
      <StopDialog isOpen={isStopping.value && model.isLive.value} onStop={stop} onStay={() => setStopping(false)} />
    </main>
  );
}

function StudioTabs({ sound, parts }: { sound: ComponentChildren; parts: Record<string, StudioPart> }) {
  const chosen = useSignal('sound');
  const tabs = [
    { value: 'sound', name: t('part.sound') },
    ...Object.entries(parts).map(([value, { name }]) => ({ value, name })),
  ];
  return (
    <Tabs
      label={t('part.label')}
      tabs={tabs}
      value={chosen.value}
      onChoose={(value) => {
        chosen.value = value;
      }}
    >
      {parts[chosen.value]?.content ?? sound}
    </Tabs>
  );
}

type SoundColumnsProps = { model: StudioModel; server: string; isPrivate: boolean; onStop: () => void };

function SoundColumns({ model, server, isPrivate, onStop }: SoundColumnsProps) {
  return (
    <div class="studio-columns">
      <AirCard model={model} onStop={onStop} />
      <SoundCard model={model} />
      <DeliveryCard model={model} />
      <ListenerCard station={model.station} server={server} isPrivate={isPrivate} />
    </div>
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
