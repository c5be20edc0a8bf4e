import { SAMPLE_RATE } from '@awaz/infra/contract';
import { cpuSecondsOf, spins } from '../ffmpeg/cpu-watchdog.ts';
import type { SourceRun } from './source-run.ts';

/** An encoder that owes at least this much audio, or takes no more… (samples at 48 kHz, 0.5 s) */
const OWED_SAMPLES = 24_000;

/** …and has given none for this long is stuck, in ms. */
const SILENT_MS = 1000;

/** How often CPU time is looked at, in ms. */
const CPU_INTERVAL_MS = 2000;

/** Finds encoders that went silent or spin. One for each session; holds nothing that needs closing. */
export class RunWatchdog {
  #cpuAt = 0;

  /** What is wrong with a run; undefined when nothing is. `now`: ms since 1970. */
  async check(run: SourceRun, now: number): Promise<string | undefined> {
    const owed = run.fedSample - run.producedSample;
    if ((owed > OWED_SAMPLES || run.blocked) && now - run.outputAt > SILENT_MS) {
      return `it gave nothing for ${now - run.outputAt} ms although it had ${Math.round((owed * 1000) / SAMPLE_RATE)} ms of audio`;
    }
    if (run.pid === undefined || now - this.#cpuAt < CPU_INTERVAL_MS) return undefined;
    this.#cpuAt = now;
    const cpuSeconds = await cpuSecondsOf(run.pid);
    if (cpuSeconds === undefined || !spins({ cpuSeconds, audioSeconds: run.fedSeconds })) return undefined;
    return `it used ${cpuSeconds.toFixed(1)} s of CPU for ${run.fedSeconds.toFixed(1)} s of audio`;
  }
}
