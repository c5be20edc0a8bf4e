import { join } from 'node:path';
import { listenPath } from '../contract/index.ts';
import { KeptRunning, type Running } from '../runtime/index.ts';
import { demoProgramme } from './demo-programme.ts';
import { startNodeProgram } from './node-program.ts';
import type { Addresses, Run } from './run-context.ts';
import { makeStation } from './station-command.ts';

/** Where the demo is pushed to and its programme is kept. */
export type DemoPlace = { addresses: Addresses; env: Record<string, string>; cacheDir: string };

const STATION = { slug: 'demo', title: 'Awaz demo' };

/** `DEMO=1`: a public station with a generated programme that is pushed over and over, as an owner would. */
export async function keepDemoOnAir(run: Run, { addresses, env, cacheDir }: DemoPlace): Promise<void> {
  const fresh = await makeStation(run, env, STATION);
  if (fresh === undefined) return;
  const file = await demoProgramme(cacheDir);
  const args = [file, '--station', STATION.slug, '--key', fresh.key, '--server', addresses.local, '--loop'];
  const begin = async (): Promise<Running> => {
    const child = startNodeProgram({
      main: join(run.root, 'player', 'dist', 'push', 'main.js'),
      args,
      cwd: run.root,
      // The certificate of this machine's own server need not be known to anybody.
      env: { ...env, ...(addresses.local.startsWith('https:') && { NODE_TLS_REJECT_UNAUTHORIZED: '0' }) },
      onLine: (line, from) => {
        if (from === 'stderr') run.view.line('demo', line, from);
      },
    });
    run.record.addChild(child.pid);
    return child;
  };
  const pusher = new KeptRunning({ name: 'The demo programme', start: begin, say: run.view.say });
  run.kept.push(pusher);
  run.stack.use(pusher);
  await pusher.begin();
  run.view.say(`  Demo    ${addresses.shown}${listenPath(STATION.slug)}   (stream key ${fresh.key})\n`);
}
