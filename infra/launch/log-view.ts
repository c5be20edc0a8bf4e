/** What the launcher shows of the log lines of its programs. */
export type LogView = {
  /** A line that a program printed. */
  line(program: string, line: string, from: 'stdout' | 'stderr'): void;
  /** A line of the launcher itself. */
  say(line: string): void;
};

const LEVEL_NAMES = new Map([
  [10, 'trace'],
  [20, 'debug'],
  [30, 'info'],
  [40, 'warning'],
  [50, 'error'],
  [60, 'fatal'],
]);
const WARNING_LEVEL = 40;

/** A log line of ours as far as a person is interested. */
type LogLine = { level: number; msg: string; err?: { message?: string }; station?: string; broadcastId?: string };

/**
 * For a person at a terminal: readable warnings and errors, and what happens to broadcasts. `everything` shows all levels.
 * What is no log line of ours is shown as it is.
 */
export function readableLogView(everything: boolean): LogView {
  const write = (line: string) => void process.stdout.write(`${line}\n`);
  return {
    say: write,
    line(program, line) {
      const entry = parse(line);
      if (entry === undefined) return write(`${program}: ${line}`);
      if (everything || entry.level >= WARNING_LEVEL || entry.broadcastId !== undefined)
        write(readable(program, entry));
    },
  };
}

/** For files and log collectors: each line as the program wrote it. */
export function plainLogView(): LogView {
  return {
    say: (line) => void process.stdout.write(`${line}\n`),
    line: (_, line, from) => void process[from].write(`${line}\n`),
  };
}

function parse(line: string): LogLine | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const entry: Partial<LogLine> = JSON.parse(line);
    return typeof entry.level === 'number' ? ({ msg: '', ...entry } as LogLine) : undefined;
  } catch {
    return undefined;
  }
}

function readable(program: string, entry: LogLine): string {
  const time = new Date().toTimeString().slice(0, 8);
  const level = entry.level >= WARNING_LEVEL ? `${LEVEL_NAMES.get(entry.level) ?? entry.level}: ` : '';
  const because = entry.err?.message === undefined ? '' : ` (${entry.err.message})`;
  const station = entry.station === undefined ? '' : ` [${entry.station}]`;
  return `${time} ${program}${station} ${level}${entry.msg}${because}`;
}
