import { fileURLToPath } from 'node:url';
import { freePort } from '../../e2e/free-port.ts';
import { builtProgram } from '../../e2e/stack.ts';
import { runProgram, spawnProgram } from '../../testkit/index.ts';
import { pinned, SERVER_CORE } from '../origin/pinning.ts';
import { type ServerProcess, startOriginProcess, whenAlive } from '../origin/server-process.ts';

/** Where servers keep their data, and their Redis. */
export type FanoutPlace = { folder: string; redisUrl: string };

/** Station, and room, that everybody is in. */
export const ROOM = 'fanout';

/** The product's own API program. Behind a proxy, as it believes, so that each client has an address of its own. */
export function startApiNode(place: FanoutPlace, port?: number): Promise<ServerProcess> {
  const at = port === undefined ? {} : { port };
  return startOriginProcess({ ...place, ...at, cores: SERVER_CORE, env: { TRUST_PROXY: '1' } });
}

/** Bare Socket.IO with the same adapter. */
export async function startBareNode({ folder, redisUrl }: FanoutPlace): Promise<ServerProcess> {
  const port = await freePort();
  const main = fileURLToPath(new URL('bare-main.js', import.meta.url));
  const { path, args } = pinned(SERVER_CORE, process.execPath, [main, redisUrl, String(port)]);
  return whenAlive(spawnProgram(path, args, { cwd: folder, env: { NODE_ENV: 'production' } }), port);
}

/** Adds the station, where there is none yet. */
export async function addRoom({ folder, redisUrl }: FanoutPlace): Promise<void> {
  const args = [builtProgram('station'), 'add', ROOM, '--json'];
  const env = { REDIS_URL: redisUrl, DATA_DIR: folder };
  const { code, stderr } = await runProgram(process.execPath, args, { cwd: folder, env });
  if (code !== 0) throw new Error(`The station could not be added: ${stderr}`);
}

/** Open Socket.IO connections of a server, as it counts them. */
export async function socketsOf({ url }: Pick<ServerProcess, 'url'>): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^awaz_live_sockets(?:\{[^}]*\})? (\d+)/m.exec(text)?.[1] ?? Number.NaN);
}
