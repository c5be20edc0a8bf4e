import { programmeTextOf } from '@awaz/infra/contract';
import { parseFile } from 'music-metadata';

/** Title and artist that a file's tags tell, fit to be sent; undefined where they tell no title, or cannot be read. */
export async function readFileTags(path: string): Promise<{ title: string; artist: string } | undefined> {
  try {
    const { common } = await parseFile(path, { duration: false, skipCovers: true });
    const title = programmeTextOf(common.title);
    return title === undefined ? undefined : { title, artist: programmeTextOf(common.artist) ?? '' };
  } catch {
    return undefined; // whether it is audio at all is judged elsewhere
  }
}
