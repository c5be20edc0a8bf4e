import { SAMPLE_RATE } from '@awaz/infra/contract';
import { lowerPriority } from '../ffmpeg/cpu-priority.ts';
import { cpuSecondsOf, isSuspect, spins } from '../ffmpeg/cpu-watchdog.ts';
import type { SourceRun } from './source-run.ts';

/** An encoder that owes at least this much audio, or takes no more… (samples at 48 kHz, 0.5 s) */
const OWED_SAMPLES = 24_000;

/** …and has given none for this long is looked at: it may be stuck, or the machine busy, in ms. */
const SILENT_MS = 700;

/** Silent and without any CPU time for this long it is stuck, in ms. */
const IDLE_MS = 600;

/** Silent for this long it is stuck, whatever it does, in ms. */
const MAX_SILENT_MS = 8000;

/** How often CPU time is looked at otherwise, in ms. */
const CPU_INTERVAL_MS = 2000;

/**
 * Finds encoders that went silent or spin; one that is on its way to spin gets the lowest priority first, so that it takes
 * no core from others. One for each session; holds nothing that needs closing.
 */
export class RunWatchdog {
  #cpuAt = 0;
  /** CPU time of a silent process, and since when it has been the same. */
  #still = { pid: 0, cpuSeconds: 0, since: 0 };

  readonly #onSlowed: () => void;
  /** The process that has the lowest priority. */
  #slowed = 0;

  /** `onSlowed` is called when an encoder got the lowest priority. */
  constructor(onSlowed: () => void = () => undefined) {
    this.#onSlowed = onSlowed;
  }

  /** What is wrong with a run; undefined when nothing is. `now`: ms since 1970. */
  check(run: SourceRun, now: number): string | undefined {
    const owed = run.fedSample - run.producedSample;
    const silentMs = now - run.outputAt;
    if (run.pid === undefined) return undefined;
    const usage = this.#usageOf(run, run.pid, now);
    if (usage !== undefined && isSuspect(usage)) this.#slow(run.pid);
    if ((owed > OWED_SAMPLES || run.blocked) && silentMs > SILENT_MS) {
      const stuck = silentMs > MAX_SILENT_MS || this.#isIdle(run.pid, now);
      const owedMs = Math.round((owed * 1000) / SAMPLE_RATE);
      return stuck ? `it gave nothing for ${silentMs} ms although it had ${owedMs} ms of audio` : undefined;
    }
    if (usage === undefined || !spins(usage)) return undefined;
    return `it used ${usage.cpuSeconds.toFixed(1)} s of CPU for ${usage.audioSeconds.toFixed(1)} s of audio`;
  }

  /** What a run has used; undefined when it is not time to look, or the system does not tell. */
  #usageOf(run: SourceRun, pid: number, now: number): { cpuSeconds: number; audioSeconds: number } | undefined {
    if (now - this.#cpuAt < CPU_INTERVAL_MS) return undefined;
    this.#cpuAt = now;
    const cpuSeconds = cpuSecondsOf(pid);
    return cpuSeconds === undefined ? undefined : { cpuSeconds, audioSeconds: run.fedSeconds };
  }

  #slow(pid: number): void {
    if (pid === this.#slowed) return;
    this.#slowed = pid;
    if (lowerPriority(pid)) this.#onSlowed();
  }

  /** Where a system does not tell CPU time, silence alone has to do. */
  #isIdle(pid: number, now: number): boolean {
    const cpuSeconds = cpuSecondsOf(pid) ?? 0;
    if (pid !== this.#still.pid || cpuSeconds !== this.#still.cpuSeconds) this.#still = { pid, cpuSeconds, since: now };
    return now - this.#still.since >= IDLE_MS;
  }
}
