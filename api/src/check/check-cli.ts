import { parseArgs } from 'node:util';
import { type CheckOptions, checkOrigin, type Report, USUAL_SECONDS } from './check-origin.ts';
import { UncheckableError } from './record/record-origin.ts';
import { renderReport } from './render-report.ts';

/** Where the command reads from and writes to. */
export type CheckCliPorts = {
  output: Pick<NodeJS.WritableStream, 'write'>;
  /** Progress and faults. */
  errors: Pick<NodeJS.WritableStream, 'write'> & { isTTY?: boolean };
  /** Told what to do when the person wants to stop. */
  onInterrupt?: (stop: () => void) => void;
  /** Runs the check; the real one when left out. */
  check?: (options: CheckOptions) => Promise<Report>;
};

/** Longest time that a live edge is followed, in seconds: everything that was seen is kept in memory. */
const MAX_SECONDS = 600;

const USAGE = `npm run check -- URL.m3u8 [--json] [--seconds N] [--insecure]

Checks a low-latency HLS origin (any, not only this one) by the rules of RFC 8216bis: follows the live edge of all
renditions, fetches their media, asks about delivery directives and HTTP, and tells which rules are kept.

  --json       print one JSON object
  --seconds N  how long to follow the live edge (${USUAL_SECONDS}; at most ${MAX_SECONDS})
  --insecure   take a TLS certificate that nobody vouches for
  --help       print this

Exit code: 0 no MUST is broken, 1 a MUST is broken, 2 the check could not be made.
`;

const FLAGS = {
  json: { type: 'boolean', default: false },
  seconds: { type: 'string', default: String(USUAL_SECONDS) },
  insecure: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

class UsageError extends Error {}

type Call = { url: string; seconds: number; json: boolean; insecure: boolean };

/** Runs the command; returns its exit code. */
export async function runCheckCli(argv: readonly string[], ports: CheckCliPorts): Promise<number> {
  try {
    const call = readCall(argv);
    if (call === 'help') {
      ports.output.write(USAGE);
      return 0;
    }
    const report = await run(call, ports);
    ports.output.write(call.json ? `${JSON.stringify(report)}\n` : `${renderReport(report)}\n`);
    return report.conforms ? 0 : 1;
  } catch (error) {
    if (error instanceof UsageError) ports.errors.write(`${error.message}\n\n${USAGE}`);
    else if (error instanceof UncheckableError) ports.errors.write(`${error.message}\n`);
    else throw error;
    return 2;
  }
}

async function run(call: Call, { errors, onInterrupt, check = checkOrigin }: CheckCliPorts): Promise<Report> {
  const stop = new AbortController();
  onInterrupt?.(() => stop.abort());
  // On a terminal one line is written over and over.
  const onProgress = (line: string) => void errors.write(errors.isTTY ? `\r\x1b[K${line}` : `${line}\n`);
  const { url, seconds, insecure } = call;
  try {
    return await check({ url, seconds, insecure, signal: stop.signal, onProgress });
  } finally {
    if (errors.isTTY) errors.write('\r\x1b[K');
  }
}

function readCall(argv: readonly string[]): Call | 'help' {
  const { values, positionals } = parse(argv);
  if (values.help) return 'help';
  const [url, ...rest] = positionals;
  if (url === undefined || rest.length > 0) throw new UsageError('Give the URL of one playlist.');
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new UsageError(`${url} is no http or https URL.`);
  const seconds = Number(values.seconds);
  if (!(seconds >= 1 && seconds <= MAX_SECONDS))
    throw new UsageError(`--seconds ${values.seconds} is not a number from 1 to ${MAX_SECONDS}.`);
  return { url, seconds, json: values.json, insecure: values.insecure };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: FLAGS, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
