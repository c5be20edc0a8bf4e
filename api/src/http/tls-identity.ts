import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { Logger } from '@awaz/infra/runtime';

/** How often the files are looked at for a renewed certificate, in ms. */
const LOOK_MS = 5000;

/** Files of a certificate with its chain, and of its key, in PEM. */
export type TlsFiles = { certFile: string; keyFile: string };

/** A certificate with its chain, and its key. */
export type TlsIdentity = { cert: Buffer; key: Buffer };

/** Reads both files. Throws an error that begins with the variable at fault when one is not there or they do not fit. */
export function readTlsIdentity({ certFile, keyFile }: TlsFiles): TlsIdentity {
  const identity = { cert: read('TLS_CERT', certFile), key: read('TLS_KEY', keyFile) };
  try {
    createSecureContext(identity);
  } catch (cause) {
    const why = (cause as Error).message;
    throw new Error(`TLS_CERT: ${certFile} is no certificate of the key in ${keyFile} (${why})`, { cause });
  }
  return identity;
}

function read(name: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new Error(`${name}: ${file} cannot be read (${(cause as NodeJS.ErrnoException).code})`, { cause });
  }
}

/** What watching needs. */
export type TlsWatchOptions = {
  files: TlsFiles;
  onRenewed: (identity: TlsIdentity) => void;
  logger: Logger;
  /** How often the files are looked at, in ms. */
  lookMs?: number | undefined;
};

/** Tells of renewed certificates; while the files do not fit together, the old one stays. The answer ends it. */
export function watchTlsFiles({ files, onRenewed, logger, lookMs = LOOK_MS }: TlsWatchOptions): () => void {
  const renew = () => {
    try {
      onRenewed(readTlsIdentity(files));
      logger.info(files, 'a renewed certificate is in use');
    } catch (error) {
      logger.warn({ err: error }, 'a changed certificate cannot be used; the one before stays');
    }
  };
  const names = [files.certFile, files.keyFile];
  for (const name of names) watchFile(name, { interval: lookMs, persistent: false }, renew);
  return () => {
    for (const name of names) unwatchFile(name, renew);
  };
}
