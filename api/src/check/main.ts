import { runCheckCli } from './check-cli.ts';

// The program behind `npm run check`.
process.exitCode = await runCheckCli(process.argv.slice(2), {
  output: process.stdout,
  errors: process.stderr,
  onInterrupt: (stop) => void process.once('SIGINT', stop).once('SIGTERM', stop),
});
