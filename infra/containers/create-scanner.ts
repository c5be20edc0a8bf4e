import type { IngestFormat } from '../contract/index.ts';
import { ADTS } from './adts-frame.ts';
import type { ContainerScanner, Continuation } from './container-scanner.ts';
import { FrameReader } from './frame-reader.ts';
import { L16Reader } from './l16-reader.ts';
import { Mp4Reader } from './mp4-reader.ts';
import { MPEG_AUDIO } from './mpeg-audio-frame.ts';
import { OggReader } from './ogg-reader.ts';
import type { UnitReader } from './unit-reader.ts';
import { UnitScanner } from './unit-scanner.ts';
import { WavReader } from './wav-reader.ts';
import { WebmReader } from './webm-reader.ts';

function readerFor(format: IngestFormat): UnitReader {
  switch (format.container) {
    case 'webm':
      return new WebmReader();
    case 'ogg':
      return new OggReader();
    case 'mp4':
      return new Mp4Reader();
    case 'adts':
      return new FrameReader(ADTS);
    case 'mp3':
      return new FrameReader(MPEG_AUDIO);
    case 'wav':
      return new WavReader();
    case 'l16':
      return new L16Reader(format);
  }
}

/**
 * A scanner for a container stream from its first byte, or, with `from`, from a restart point on: its prefix sets the
 * state (the caller gives the same prefix to the decoder, it is not in the feed) and counting goes on from its sample.
 */
export function createScanner(format: IngestFormat, from?: Continuation): ContainerScanner {
  return new UnitScanner(readerFor(format), from);
}
