import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram, tempDir, testFfmpeg } from '@awaz/infra/testkit';
import { describe, expect, it } from '@jest/globals';
import { readFileTags } from './file-tags.ts';

describe('tags of a file', () => {
  it.each(['opus.ogg', 'flac.flac', 'mp3.mp3', 'aac.m4a', 'webm.webm'])('are read from %s', async (name) => {
    const folder = await tempDir();
    try {
      const path = join(folder.path, name);
      const tags = ['-metadata', 'title=Şarkı\n2', '-metadata', 'artist=Band'];
      const sound = ['-f', 'lavfi', '-i', 'sine=sample_rate=48000', '-t', '0.5', '-strict', '-2'];
      const made = await runProgram((await testFfmpeg()).path, ['-loglevel', 'error', ...sound, ...tags, path]);
      expect({ code: made.code, complaints: String(made.stderr) }).toEqual({ code: 0, complaints: '' });
      expect(await readFileTags(path)).toEqual({ title: 'Şarkı 2', artist: 'Band' });
    } finally {
      await folder.close();
    }
  });

  it('are none where there is no title, or no audio', async () => {
    const folder = await tempDir();
    try {
      const path = join(folder.path, 'x.mp3');
      await writeFile(path, 'no audio at all');
      expect(await readFileTags(path)).toBeUndefined();
      expect(await readFileTags(join(folder.path, 'missing'))).toBeUndefined();
    } finally {
      await folder.close();
    }
  });
});
