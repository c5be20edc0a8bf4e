import type { InteropCheck } from './check.ts';
import { interopCommand } from './command.ts';
import { nginxCheck } from './nginx/nginx-check.ts';
import { nativePlayers, webPlayers } from './players/players-checks.ts';

/** All checks, in the order in which they run when none is named. */
const CHECKS: readonly InteropCheck[] = [nginxCheck, webPlayers, nativePlayers];

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => interrupted.abort());

process.exitCode = await interopCommand(process.argv.slice(2), CHECKS, {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  signal: interrupted.signal,
});
