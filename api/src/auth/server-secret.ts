import { hkdfSync, randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Name of the file in the data folder that keeps a secret nobody gave. */
const SECRET_FILE = 'jwt-secret';

/** Where the secret comes from. */
export type SecretPlace = {
  /** `JWT_SECRET`. */
  given: string | undefined;
  /** Folder where one is made and kept otherwise; processes of one machine share it. */
  dataDir: string;
};

/** The secret of the server, which signs tokens. Read, or made, when it is needed first. */
export class ServerSecret {
  readonly #place: SecretPlace;
  readonly #derived = new Map<string, Promise<Buffer>>();
  #secret: Promise<string> | undefined;

  constructor(place: SecretPlace) {
    this.#place = place;
  }

  /** A key of 32 bytes for one purpose. Rejects when the secret can be neither read nor made. */
  key(purpose: string): Promise<Buffer> {
    let key = this.#derived.get(purpose);
    if (key === undefined) {
      key = this.#read().then((secret) => Buffer.from(hkdfSync('sha256', secret, '', `awaz ${purpose}`, 32)));
      key.catch(() => this.#derived.delete(purpose));
      this.#derived.set(purpose, key);
    }
    return key;
  }

  #read(): Promise<string> {
    const { given, dataDir } = this.#place;
    this.#secret ??= given === undefined ? keptSecret(dataDir) : Promise.resolve(given);
    this.#secret.catch(() => {
      this.#secret = undefined;
    });
    return this.#secret;
  }
}

async function keptSecret(dataDir: string): Promise<string> {
  const file = join(dataDir, SECRET_FILE);
  const before = await readIfThere(file);
  if (before !== undefined) return before;
  await mkdir(dataDir, { recursive: true });
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, randomBytes(32).toString('hex'), { mode: 0o600 });
  // A link is whole or not there, and of several processes that come at once one wins.
  await link(draft, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(draft);
  return readFile(file, 'utf8');
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
