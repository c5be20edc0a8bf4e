import { chmodSync, mkdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type TempDir, tempDir } from '../testkit/index.ts';
import { type FfmpegSearch, findFfmpeg } from './ffmpeg-finder.ts';

let folder: TempDir;
let real: string;
beforeAll(async () => {
  folder = await tempDir();
  real = (await findFfmpeg()).path;
});
afterAll(() => folder.close());

/** A folder with a program named `ffmpeg`; without a script it is the real one. */
function place(name: string, script?: string): string {
  const path = join(folder.path, name);
  mkdirSync(path, { recursive: true });
  rmSync(join(path, 'ffmpeg'), { force: true });
  if (script === undefined) symlinkSync(real, join(path, 'ffmpeg'));
  else writeFileSync(join(path, 'ffmpeg'), `#!/bin/sh\n${script}\n`);
  if (script !== undefined) chmodSync(join(path, 'ffmpeg'), 0o755);
  return path;
}

const nowhere = (): FfmpegSearch => ({
  path: join(folder.path, 'nowhere'),
  packages: {},
  cacheDir: join(folder.path, 'cache'),
});

describe('finding ffmpeg', () => {
  test('takes the named one before all others', async () => {
    const named = join(place('named'), 'ffmpeg');
    const found = await findFfmpeg({ ...nowhere(), explicitPath: named, path: place('on-path') });
    expect(found).toMatchObject({ path: named, source: 'FFMPEG_PATH' });
  });

  test('does not silently take another one when the named one does not work', async () => {
    const search = { ...nowhere(), explicitPath: '/no/such/ffmpeg', path: place('on-path') };
    await expect(findFfmpeg(search)).rejects.toThrow(/FFMPEG_PATH \(\/no\/such\/ffmpeg\): there is no executable file/);
  });

  test('takes PATH before the npm packages, and ffmpeg-static before @ffmpeg-installer', async () => {
    const path = place('on-path');
    const packages = {
      'ffmpeg-static': join(place('static'), 'ffmpeg'),
      '@ffmpeg-installer/ffmpeg': join(place('installer'), 'ffmpeg'),
    };
    expect((await findFfmpeg({ ...nowhere(), path, packages })).source).toBe('PATH');
    expect((await findFfmpeg({ ...nowhere(), packages })).source).toBe('ffmpeg-static');
  });

  test('warns about the old build of @ffmpeg-installer, and passes over a package whose file is missing', async () => {
    const warnings: string[] = [];
    const packages = {
      'ffmpeg-static': join(folder.path, 'never-downloaded'),
      '@ffmpeg-installer/ffmpeg': join(place('installer'), 'ffmpeg'),
    };
    const found = await findFfmpeg({ ...nowhere(), packages, onWarning: (line) => warnings.push(line) });
    expect(found.source).toBe('@ffmpeg-installer/ffmpeg');
    expect(warnings).toEqual([expect.stringContaining('FFMPEG_PATH')]);
  });

  test('passes over candidates that do not start or cannot encode', async () => {
    const dead = place('dead', 'echo "error while loading shared libraries" >&2; exit 127');
    const poor = place(
      'poor',
      'case "$*" in *-version*) echo "ffmpeg version 9.9 x";; *) echo "Unknown encoder aac" >&2; exit 1;; esac',
    );
    const path = [dead, poor, place('on-path')].join(':');
    expect((await findFfmpeg({ ...nowhere(), path })).path).toBe(join(folder.path, 'on-path', 'ffmpeg'));
    const only = findFfmpeg({ ...nowhere(), path: [dead, poor].join(':') });
    await expect(only).rejects.toThrow(
      /shared libraries[\s\S]*cannot make AAC: Unknown encoder aac[\s\S]*Install ffmpeg/,
    );
  });

  test('gives one frame of silence as the encoder makes it', async () => {
    const found = await findFfmpeg({ ...nowhere(), explicitPath: real });
    expect(found.silentFrame.length).toBeGreaterThan(3);
    expect(found.silentFrame.length).toBeLessThan(64);
  });

  test('tries a program out again only when its file has changed', async () => {
    const count = join(folder.path, 'runs');
    const script = `echo run >> ${count}; exec ${real} "$@"`;
    const explicitPath = join(place('counted', script), 'ffmpeg');
    const runs = () => statSync(count).size / 'run\n'.length;
    const first = await findFfmpeg({ ...nowhere(), explicitPath });
    expect(runs()).toBe(2);
    expect(await findFfmpeg({ ...nowhere(), explicitPath })).toEqual(first);
    expect(runs()).toBe(2);
    place('counted', `${script} `);
    await findFfmpeg({ ...nowhere(), explicitPath });
    expect(runs()).toBe(4);
  });
});
