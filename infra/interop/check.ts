/** A program of other people that a check works with. */
export type Need = {
  /** Its name on PATH. */
  program: string;
  /** Debian's package that has it. */
  debian: string;
  /** Arguments with which it prints its version, or proves that a plug-in is there, and ends with code 0. */
  versionArgs: readonly string[];
};

/** What the command line may ask of a check, and how it tells what is going on. */
export type InteropOptions = {
  /** How long a player is listened to, in minutes. */
  minutes: number;
  /** Told what is going on. */
  progress(line: string): void;
  /** Aborted when the person gave up: the check ends what it started and returns or rejects soon. */
  signal: AbortSignal;
};

/** A measured value. */
export type InteropRow = { name: string; value: string | number; unit?: string };

/** What a check found. */
export type InteropResult = {
  verdict: 'passed' | 'failed';
  rows: InteropRow[];
  /** What was wrong, one line each; empty when passed. */
  faults: string[];
};

/** Other people's software beside the real programs of the project, that `npm run interop` knows. */
export type InteropCheck = {
  name: string;
  /** What it proves, in one line. */
  summary: string;
  /** Without them it cannot run. */
  needs: readonly Need[];
  /** Starts what it needs and ends it. A rejection counts as failed. */
  run(options: InteropOptions): Promise<InteropResult>;
};

/** What became of a check that was asked for. */
export type InteropOutcome = {
  name: string;
  /** `not run`: a program is missing, or the person gave up before. */
  verdict: InteropResult['verdict'] | 'not run';
  /** First line that each needed program says about its version. */
  versions: Record<string, string>;
  rows: InteropRow[];
  faults: string[];
  tookS: number;
};

/** A result of what was measured and what was wrong: passed when nothing was. */
export function judged(rows: InteropRow[], faults: string[]): InteropResult {
  return { verdict: faults.length === 0 ? 'passed' : 'failed', rows, faults };
}
