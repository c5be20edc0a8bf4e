import { cp, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../binaries/index.ts';
import { freePort } from '../../e2e/free-port.ts';
import { ReleaseStack } from '../../runtime/index.ts';
import { spawnProgram, tempDir, until, writeTestCertificate } from '../../testkit/index.ts';
import { neededProgram } from '../needed-programs.ts';

/** A real nginx with the project's own configuration in front of API processes. */
export type NginxProxy = {
  /** `https://localhost:PORT`: TLS with HTTP/2 and HTTP/1.1. */
  readonly url: string;
  /** File of the certificate that it shows, for programs that have to be told whom to trust. */
  readonly certFile: string;
  /** What it complained about so far. */
  complaints(): string;
  /** Ends it and removes its files. May be called again. */
  close(): Promise<void>;
};

/** How long nginx may take until it listens, in ms. */
const LISTENING_MS = 10_000;

/**
 * Starts nginx with `infra/nginx/awaz.conf` as it is; what people edit (upstreams, site, cache) is written anew. Rejects
 * with its complaints when it does not start.
 */
export async function startNginx(upstreams: readonly string[]): Promise<NginxProxy> {
  const releases = new ReleaseStack();
  try {
    const { path: folder } = releases.use(await tempDir());
    const port = await freePort();
    const { certFile, keyFile } = await writeTestCertificate(folder);
    await cp(join(projectRoot(), 'infra/nginx'), folder, { recursive: true });
    await writeFile(join(folder, 'awaz/upstreams.conf'), upstreams.map(upstreamLine).join(''));
    await writeFile(join(folder, 'awaz/site.conf'), siteConf(port, { certFile, keyFile }));
    await writeFile(join(folder, 'awaz/cache.conf'), cacheConf(folder));
    await writeFile(join(folder, 'nginx.conf'), mainConf(folder));
    const program = neededProgram('nginx');
    if (program === undefined) throw new Error('There is no nginx.');
    const args = ['-p', folder, '-c', join(folder, 'nginx.conf'), '-g', 'daemon off;'];
    const nginx = releases.use(spawnProgram(program, args, { cwd: folder }));
    const url = `https://localhost:${port}`;
    let ended = false;
    void nginx.ended.then(() => {
      ended = true;
    });
    await until(() => ended || listens(port), { timeoutMs: LISTENING_MS, what: `nginx listens on ${port}` });
    if (ended) throw new Error(`nginx did not start: ${nginx.stderr()}`);
    return { url, certFile, complaints: nginx.stderr, close: () => releases.close() };
  } catch (error) {
    await releases.close();
    throw error;
  }
}

function upstreamLine(url: string): string {
  return `server ${new URL(url).host} max_fails=1 fail_timeout=2s;\n`;
}

function siteConf(port: number, { certFile, keyFile }: { certFile: string; keyFile: string }): string {
  return `listen 127.0.0.1:${port} ssl http2;\nssl_certificate ${certFile};\nssl_certificate_key ${keyFile};\n`;
}

function cacheConf(folder: string): string {
  return `proxy_cache_path ${folder}/cache levels=1:2 keys_zone=awaz:2m max_size=64m inactive=2m use_temp_path=off;\n`;
}

/** What a distribution's own nginx.conf says around ours, in a folder of its own. */
function mainConf(folder: string): string {
  const { uid, username } = userInfo();
  const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const temp = kinds.map((kind) => `${kind}_temp_path ${folder}/${kind};`).join(' ');
  // A worker of root's nginx gives up its rights, and could not read a folder that is private to root.
  const user = uid === 0 ? `user ${username};` : '';
  return `${user}
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr warn;
events { worker_connections 4096; }
http {
    access_log off;
    ${temp}
    include ${folder}/awaz.conf;
}
`;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
