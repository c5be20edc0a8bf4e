import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import { capture, complaint } from './capture.ts';

/** An unpacked Chromium of the npm package. */
export type ChromiumCopy = {
  /** Full path of the program. */
  executablePath: string;
  /** Shared libraries for systems that lack them. */
  libraries: string;
  /** Settings that name the fonts which came with it. */
  fontSettings: string;
};

/** The compressed folders inside the package, beside the program itself. */
const ARCHIVES = ['al2023.tar', 'fonts.tar', 'swiftshader.tar'] as const;

/**
 * Unpacks the Chromium of \@sparticuz/chromium into the cache, once per version of the package. The package's own
 * unpacker is not used: it writes to one shared place in the temporary folder and takes whatever lies there. Returns
 * undefined when the package is not installed.
 */
export async function unpackChromium(
  packageFolder: string,
  cacheDir: string,
  onProgress: (line: string) => void,
): Promise<ChromiumCopy | undefined> {
  const version = await packageVersion(packageFolder);
  if (version === undefined || process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const target = join(cacheDir, `chromium-${version}`);
  if (!existsSync(target)) {
    onProgress('unpacking Chromium');
    await unpack(join(packageFolder, 'bin'), target);
  }
  return {
    executablePath: join(target, 'chromium'),
    libraries: join(target, 'lib'),
    fontSettings: join(target, 'fonts.conf'),
  };
}

async function packageVersion(packageFolder: string): Promise<string | undefined> {
  try {
    const manifest: { version?: string } = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8'));
    return existsSync(join(packageFolder, 'bin', 'chromium.br')) ? manifest.version : undefined;
  } catch {
    return undefined;
  }
}

async function unpack(packed: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const work = await mkdtemp(`${target}.`);
  try {
    await inflate(join(packed, 'chromium.br'), join(work, 'chromium'));
    for (const name of ARCHIVES) {
      const archive = join(work, name);
      await inflate(join(packed, `${name}.br`), archive);
      const untarred = await capture('tar', ['-xf', archive, '-C', work]);
      if (untarred.code !== 0) throw new Error(`tar could not unpack ${name}: ${complaint(untarred)}`);
      await rm(archive);
    }
    await writeFile(join(work, 'fonts.conf'), fontSettings(target));
    await rename(work, target).catch((error: unknown) => {
      // Another process was quicker; its copy is as good.
      if (!existsSync(target)) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function inflate(from: string, to: string): Promise<void> {
  const decompress = createBrotliDecompress({ chunkSize: 2 ** 21 });
  await pipeline(createReadStream(from), decompress, createWriteStream(to, { mode: 0o755 }));
}

function fontSettings(target: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>${target}/fonts</dir>
  <cachedir>${target}/font-cache</cachedir>
</fontconfig>
`;
}
