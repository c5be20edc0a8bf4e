import { Button, Card, clock, Lamp, Pill, PulseLine, type PulseMode } from '../ui/index.ts';
import type { StudioModel } from './studio-model.ts';
import { t } from './words.ts';

/** On air or not, by whose proof, and the one button that changes it. */
export function AirCard({ model, onStop }: { model: StudioModel; onStop: () => void }) {
  const { mic, server, listeners } = model.lamps.value;
  return (
    <Card label={t('air.title')}>
      <div class="stack air">
        <div class="air-head">
          <AirPill model={model} />
          <AirTime model={model} />
        </div>
        <PulseLine mode={pulseOf(model)} />
        <div class="chain">
          <Lamp state={mic.state} label={t('chain.mic')} detail={t(`chain.mic.${mic.detail}`)} />
          <Lamp state={server.state} label={t('chain.server')} detail={t(`chain.server.${server.detail}`)} />
          <Lamp
            state={listeners.state}
            label={t('chain.listeners')}
            detail={t(`chain.listeners.${listeners.detail}`)}
          />
        </div>
        <AirButton model={model} onStop={onStop} />
      </div>
    </Card>
  );
}

function AirPill({ model }: { model: StudioModel }) {
  const { state } = model.air.value;
  if (model.isOnAir.value) {
    return (
      <Pill tone="live" dot>
        {t('air.on')}
      </Pill>
    );
  }
  if (state === 'connecting') return <Pill tone="warn">{t('air.connecting')}</Pill>;
  if (state === 'reconnecting') return <Pill tone="warn">{t('air.reconnecting')}</Pill>;
  if (state === 'ending') return <Pill tone="plain">{t('air.ending')}</Pill>;
  if (state === 'open') {
    const wasHeard = model.air.value.onAirSince !== undefined;
    return <Pill tone="warn">{wasHeard ? t('air.not_heard') : t('air.verifying')}</Pill>;
  }
  return model.canGoLive.value ? <Pill tone="ok">{t('air.ready')}</Pill> : <Pill tone="off">{t('air.off')}</Pill>;
}

function AirTime({ model }: { model: StudioModel }) {
  const since = model.air.value.onAirSince;
  const time = clock(since === undefined ? 0 : Math.max(0, model.now.value - since));
  return (
    <p class={since === undefined ? 'air-time air-time--off' : 'air-time'}>
      <span class="sr-only">{t('air.since')} </span>
      {time}
    </p>
  );
}

function AirButton({ model, onStop }: { model: StudioModel; onStop: () => void }) {
  if (model.isLive.value) {
    const isEnding = model.air.value.state === 'ending';
    return (
      <Button kind="danger" large icon="stop" busy={isEnding} onClick={onStop}>
        {isEnding ? t('air.ending') : t('air.stop')}
      </Button>
    );
  }
  const { kind } = model.microphone.value;
  if (kind !== 'open') return <MicrophoneButton model={model} isAsking={kind === 'asking'} />;
  return (
    <Button kind="live" large icon="radio" onClick={() => void model.goLive()}>
      {t('air.go')}
    </Button>
  );
}

function MicrophoneButton({ model, isAsking }: { model: StudioModel; isAsking: boolean }) {
  return (
    <div class="stack stack--tight">
      <Button kind="primary" large icon="mic" busy={isAsking} onClick={() => void model.openMicrophone()}>
        {isAsking ? t('sound.asking') : t('sound.allow')}
      </Button>
      <p class="muted small">{t('sound.allow.hint')}</p>
    </div>
  );
}

function pulseOf(model: StudioModel): PulseMode {
  if (model.air.value.state === 'reconnecting') return 'broken';
  if (model.isOnAir.value) return 'live';
  return model.isLive.value ? 'quiet' : 'flat';
}
