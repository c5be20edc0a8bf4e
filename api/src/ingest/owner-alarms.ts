import type { AlarmBoard, AlarmState } from '@awaz/infra/alarms';
import { ALARM_NAMES, type AlarmLevel, type AlarmName, alarmText, type IngestNotice } from '@awaz/infra/contract';
import { stationKeys } from '@awaz/infra/redis';
import type { Logger } from '@awaz/infra/runtime';

/** What is told to one connection of an owner. */
export type OwnerAlarmsOptions = {
  publication: { station: string; broadcastId: string; token: string };
  board: Pick<AlarmBoard, 'set'>;
  send: (notice: IngestNotice) => void;
  /** Counts a change that this process was the first to tell. */
  onTold: (alarm: AlarmName, level: AlarmLevel) => void;
  logger: Logger;
};

/**
 * Tells the owner what is wrong with his stream: once for each change, and to a connection that comes later what is wrong
 * then. Keeps the alarm of a slow upload, which only ingest sees; the encoder's worker keeps the others.
 */
export class OwnerAlarms {
  readonly #options: OwnerAlarmsOptions;
  readonly #told = new Map<AlarmName, AlarmLevel>();
  #kept: AlarmState | undefined;
  #keeping = false;

  constructor(options: OwnerAlarmsOptions) {
    this.#options = options;
  }

  /** Takes what the encoder's worker told last; undefined when it told nothing lately, which changes nothing. */
  heard(alarms: Partial<Record<AlarmName, AlarmState>> | undefined): void {
    if (alarms === undefined) return;
    for (const name of ALARM_NAMES) if (name !== 'upload_slow') this.#tell(name, alarms[name]?.level ?? 'off');
  }

  /** Takes whether the upload is too slow; undefined changes nothing. */
  uploads(isSlow: boolean | undefined, now: number): void {
    if (isSlow === undefined) return;
    const level = isSlow ? 'warn' : 'off';
    this.#tell('upload_slow', level);
    if (this.#kept?.level === level || this.#keeping) return;
    this.#keeping = true;
    this.#keep({ level, since: isSlow ? now : (this.#kept?.since ?? now) })
      .catch((error: unknown) => this.#options.logger.debug({ err: error }, 'an alarm could not be kept'))
      .finally(() => {
        this.#keeping = false;
      });
  }

  async #keep(state: AlarmState): Promise<void> {
    const { publication, board, onTold } = this.#options;
    const guard = { key: stationKeys(publication.station).publisher, value: publication.token };
    const outcome = await board.set(publication, guard, { alarm: 'upload_slow', ...state });
    if (outcome === 'refused') return;
    this.#kept = state;
    if (outcome === 'told') onTold('upload_slow', state.level);
  }

  #tell(alarm: AlarmName, level: AlarmLevel): void {
    if ((this.#told.get(alarm) ?? 'off') === level) return;
    this.#told.set(alarm, level);
    this.#options.send({ type: 'notice', code: alarm, level, message: alarmText(alarm, level) });
  }
}
