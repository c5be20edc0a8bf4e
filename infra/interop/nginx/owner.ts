import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { radioProgramme } from '../../bench/programme.ts';
import { builtProgram, type StackStation } from '../../e2e/stack.ts';
import { ReleaseStack } from '../../runtime/index.ts';
import { spawnProgram, tempDir, wavOf } from '../../testkit/index.ts';
import type { NginxProxy } from './nginx-proxy.ts';

/** An owner on the command line who broadcasts until he is closed. */
export type Owner = {
  /** What the program said so far. */
  said(): string;
  /** Whether it is still broadcasting. */
  isOn(): boolean;
  /** Ends the broadcast. May be called again. */
  close(): Promise<void>;
};

/** Length of the sound that is pushed over and over, in seconds. */
const PROGRAMME_S = 60;

/** Broadcasts by `npm run push` over `wss` through the proxy. Rejects when it does not get on air. */
export async function pushThrough(proxy: NginxProxy, { slug, key }: StackStation): Promise<Owner> {
  const releases = new ReleaseStack();
  try {
    const folder = releases.use(await tempDir());
    const file = join(folder.path, 'programme.wav');
    const { samples, rate, channels } = radioProgramme(PROGRAMME_S);
    await writeFile(file, wavOf(samples, rate, channels));
    const args = [builtProgram('push'), file, '--station', slug, '--key', key, '--server', proxy.url, '--loop'];
    const env = { NODE_EXTRA_CA_CERTS: proxy.certFile };
    const push = releases.use(spawnProgram(process.execPath, args, { cwd: folder.path, env }));
    let isOn = true;
    void push.ended.then(() => {
      isOn = false;
    });
    const said = () => `${push.stdout()}${push.stderr()}`;
    return { said, isOn: () => isOn, close: () => releases.close() };
  } catch (error) {
    await releases.close();
    throw error;
  }
}
