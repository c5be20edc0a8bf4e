import { type Archive, type RecordedSegment, type Recording, recordingFiles } from '@awaz/infra/recordings';

/** A span of a stored file, `end` exclusive. */
type Piece = { path: string; start: number; end: number };

/** A recording as one file that is kept nowhere: its head, then the frames of its segments. */
export class RecordedFile {
  readonly #archive: Archive;
  readonly #pieces: Piece[];
  /** Bytes of the whole file. */
  readonly size: number;

  /** `headBytes`: of the recording, which is complete. */
  constructor(archive: Archive, recording: Recording, segments: readonly RecordedSegment[]) {
    const files = recordingFiles(recording);
    this.#archive = archive;
    this.#pieces = [
      { path: files.head, start: 0, end: recording.headBytes ?? 0 },
      ...segments.map(({ headBytes, bytes }, index) => ({ path: files.segment(index), start: headBytes, end: bytes })),
    ];
    this.size = this.#pieces.reduce((sum, { start, end }) => sum + end - start, 0);
  }

  /** The bytes from `start` to `end` (exclusive), a stored file at a time, as fast as they are taken. */
  async *read(start: number, end: number): AsyncGenerator<Buffer> {
    let at = 0;
    for (const piece of this.#pieces) {
      const length = piece.end - piece.start;
      const from = Math.max(start - at, 0);
      const to = Math.min(end - at, length);
      if (from < to) yield await this.#archive.read(piece.path, piece.start + from, piece.start + to);
      at += length;
      if (at >= end) return;
    }
  }
}
