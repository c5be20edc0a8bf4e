import { type FfmpegProgram, findFfmpeg } from '../binaries/index.ts';

let found: Promise<FfmpegProgram> | undefined;

/** The ffmpeg that tests use, found and tried out once per test file. */
export function testFfmpeg(): Promise<FfmpegProgram> {
  found ??= findFfmpeg();
  return found;
}
