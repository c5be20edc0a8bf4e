import type { ChildProcess } from 'node:child_process';

/** The end of what a program printed. */
export type LastLines = {
  /** The last lines in one, for an error message. */
  text(): string;
};

/** Characters that are kept; older ones go first. */
const KEPT_CHARACTERS = 2000;

/** Reads both outputs of a child for as long as it lives and keeps the end of them. */
export function keepLastLines(child: ChildProcess): LastLines {
  let kept = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (piece: Buffer) => {
      kept = (kept + piece.toString()).slice(-KEPT_CHARACTERS);
    });
  }
  return { text: () => kept.trim().split('\n').slice(-4).join(' | ') };
}
