import { type Attributes, PlaylistSyntaxError, parseAttributes } from '@awaz/transcoder/hls';
import type { Snapshot } from '../observations.ts';

/** A tag as it stands in a playlist. */
export type Tag = { line: number; value: string };

/** All tags of a name (with its `#`). */
export function tagsOf({ lines }: Pick<Snapshot, 'lines'>, name: string): Tag[] {
  return lines.flatMap((line) => (line.kind === 'tag' && line.name === name ? [line] : []));
}

/** The attribute lists of all tags of a name; one that cannot be read is left out, rule 1a tells of it. */
export function attributesOf(snapshot: Pick<Snapshot, 'lines'>, name: string): Attributes[] {
  return tagsOf(snapshot, name).flatMap(({ value, line }) => {
    try {
      return [parseAttributes(value, line)];
    } catch (error) {
      if (error instanceof PlaylistSyntaxError) return [];
      throw error;
    }
  });
}
