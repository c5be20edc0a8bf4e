import { LATE_AUDIO, type OwnStation } from '@awaz/infra/contract';
import { Choices } from '../ui/index.ts';
import { type BroadcastSettings, broadcastSettingsOf, LADDERS, PROFILE_CHOICES } from './broadcast-settings.ts';
import { t } from './words.ts';

/** Props of {@link BroadcastChoices}. */
export type BroadcastChoicesProps = {
  station: OwnStation;
  values: BroadcastSettings;
  onChoose: (values: BroadcastSettings) => void;
};

/** What counts from a station's next broadcast on: delay, quality, limiter, and what becomes of late audio. */
export function BroadcastChoices(props: BroadcastChoicesProps) {
  const { values, onChoose } = props;
  const choose: Choose = (name) => (value) => onChoose({ ...values, [name]: value });
  return (
    <>
      <StreamChoices {...props} choose={choose} />
      <SoundChoices {...props} choose={choose} />
    </>
  );
}

type Choose = <Name extends keyof BroadcastSettings>(name: Name) => (value: BroadcastSettings[Name]) => void;

type PartProps = BroadcastChoicesProps & { choose: Choose };

function StreamChoices({ station, values, choose }: PartProps) {
  const { ladder: savedLadder } = broadcastSettingsOf(station);
  const own = savedLadder.startsWith('own:')
    ? [{ value: savedLadder, name: t('settings.ladder.own'), hint: station.ladder ?? '' }]
    : [];
  return (
    <>
      <Choices<BroadcastSettings['profile']>
        legend={t('settings.profile')}
        name="profile"
        choices={PROFILE_CHOICES.map((value) => ({
          value,
          name: t(`settings.profile.${value}`),
          hint: t(`settings.profile.${value}.hint`),
        }))}
        value={values.profile}
        onChoose={choose('profile')}
      />
      <Choices<BroadcastSettings['ladder']>
        legend={t('settings.ladder')}
        name="ladder"
        choices={[
          ...own,
          ...(['default', ...(Object.keys(LADDERS) as (keyof typeof LADDERS)[])] as const).map((value) => ({
            value,
            name: t(`settings.ladder.${value}`),
            hint: t(`settings.ladder.${value}.hint`),
          })),
        ]}
        value={values.ladder}
        onChoose={choose('ladder')}
      />
    </>
  );
}

function SoundChoices({ values, choose }: PartProps) {
  return (
    <>
      <Choices<BroadcastSettings['limiter']>
        legend={t('settings.limiter')}
        name="limiter"
        choices={(['on', 'off'] as const).map((value) => ({
          value,
          name: t(`settings.limiter.${value}`),
          hint: t(`settings.limiter.${value}.hint`),
        }))}
        value={values.limiter}
        onChoose={choose('limiter')}
      />
      <Choices<BroadcastSettings['lateAudio']>
        legend={t('settings.late')}
        name="late"
        choices={LATE_AUDIO.map((value) => ({
          value,
          name: t(`settings.late.${value}`),
          hint: t(`settings.late.${value}.hint`),
        }))}
        value={values.lateAudio}
        onChoose={choose('lateAudio')}
        note={t('settings.profile.note')}
      />
    </>
  );
}
