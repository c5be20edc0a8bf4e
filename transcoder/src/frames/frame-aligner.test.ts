import { describe, expect, it } from '@jest/globals';
import { AlignmentError, FrameAligner } from './frame-aligner.ts';

const frame = (value: number) => new Uint8Array([value]);

describe('FrameAligner', () => {
  it('brings frames together by their index, whoever comes first', () => {
    const aligner = new FrameAligner(2);
    expect(aligner.push(0, [frame(1), frame(2)])).toEqual([]);
    expect(aligner.push(1, [frame(11)])).toEqual([[frame(1), frame(11)]]);
    expect(aligner.push(1, [frame(12), frame(13)])).toEqual([[frame(2), frame(12)]]);
    expect(aligner.push(0, [frame(3)])).toEqual([[frame(3), frame(13)]]);
  });

  it('gives up when a rendition stays away for ten seconds', () => {
    const aligner = new FrameAligner(2);
    expect(() =>
      aligner.push(
        0,
        Array.from({ length: 471 }, () => frame(0)),
      ),
    ).toThrow(AlignmentError);
  });
});
