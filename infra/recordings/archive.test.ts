import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type TempDir, tempDir } from '../testkit/index.ts';
import { ArchiveFullError, FolderArchive } from './index.ts';

let folder: TempDir;

beforeAll(async () => {
  folder = await tempDir();
});

afterAll(() => folder.close());

it('nothing is written that would take the space that is left to others', async () => {
  const greedy = new FolderArchive(folder.path, Number.MAX_SAFE_INTEGER);
  await expect(greedy.write('a/b/0.m4s', Buffer.from('sound'))).rejects.toThrow(ArchiveFullError);
  expect(await readdir(folder.path, { recursive: true })).toEqual(['a', 'a/b']);
});

it('what is written is read, and goes with its folder and the empty one around it', async () => {
  const archive = new FolderArchive(folder.path, 0);
  await archive.write('a/b/0.m4s', Buffer.from('sound'));
  expect(await archive.size('a/b/0.m4s')).toBe(5);
  expect((await archive.read('a/b/0.m4s', 1, 3)).toString()).toBe('ou');
  await expect(archive.read('a/b/0.m4s', 1, 9)).rejects.toThrow('ends at byte 5');
  await archive.removeFolder('a/b');
  expect(await readdir(folder.path)).toEqual([]);
});
