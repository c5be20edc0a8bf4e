import { AwazError } from './errors.ts';

/** Container kinds that may be pushed. */
export type Container = 'webm' | 'ogg' | 'mp4' | 'adts' | 'mp3' | 'wav' | 'l16';

/** A pushed format, parsed from its MIME type. */
export type IngestFormat = {
  /** The MIME type as it was given, normalised to lower case without spaces. */
  mime: string;
  /** What the bytes are wrapped in. */
  container: Container;
  /** Samples per second; known in advance for raw PCM only. */
  sampleRate?: number;
  /** Channels; known in advance for raw PCM only. */
  channels?: number;
  /** Byte order of raw PCM where the type names it (`;endian=big`); otherwise found out from the first samples. */
  endian?: 'little' | 'big';
};

/** What `unsupported_format` names to the person who has to choose another. */
export const SUPPORTED_FORMATS =
  'audio/webm;codecs=opus, audio/ogg (Opus, Vorbis, FLAC), audio/mp4 (AAC or Opus, fragmented), audio/aac, audio/mpeg, audio/wav, audio/l16;rate=48000;channels=2';

const CONTAINERS: Record<string, Container> = {
  'audio/webm': 'webm',
  'video/webm': 'webm',
  'audio/x-matroska': 'webm',
  'audio/ogg': 'ogg',
  'application/ogg': 'ogg',
  'audio/opus': 'ogg',
  'audio/mp4': 'mp4',
  'video/mp4': 'mp4',
  'audio/x-m4a': 'mp4',
  'audio/aac': 'adts',
  'audio/aacp': 'adts',
  'audio/x-aac': 'adts',
  'audio/mpeg': 'mp3',
  'audio/mp3': 'mp3',
  'audio/wav': 'wav',
  'audio/wave': 'wav',
  'audio/x-wav': 'wav',
  'audio/vnd.wave': 'wav',
  'audio/l16': 'l16',
};

const CODECS: Partial<Record<Container, RegExp>> = {
  webm: /^(opus|vorbis|pcm)$/,
  ogg: /^(opus|vorbis|flac)$/,
  mp4: /^(mp4a(\.[0-9a-f]+)*|opus|aac)$/,
};

function integerParameter(parameters: Map<string, string>, name: string, fallback: number): number {
  const value = parameters.get(name);
  return value === undefined ? fallback : /^\d{1,6}$/.test(value) ? Number(value) : Number.NaN;
}

function refuse(mime: string): never {
  throw new AwazError(
    'unsupported_format',
    `"${mime.slice(0, 100)}" cannot be pushed. Use one of: ${SUPPORTED_FORMATS}`,
  );
}

function parsePcm(mime: string, parameters: Map<string, string>): IngestFormat {
  const sampleRate = integerParameter(parameters, 'rate', 44_100); // RFC 3555: rate is required; 44,100 is what RFC 2586 assumes
  const channels = integerParameter(parameters, 'channels', 1);
  const endian = parameters.get('endian');
  if (!(sampleRate >= 8000 && sampleRate <= 192_000) || !(channels >= 1 && channels <= 2)) refuse(mime);
  if (endian !== undefined && endian !== 'little' && endian !== 'big') refuse(mime);
  return { mime, container: 'l16', sampleRate, channels, ...(endian === undefined ? {} : { endian }) };
}

/** Parses the MIME type of pushed audio, like `audio/webm;codecs=opus`. Throws `unsupported_format`. */
export function parseIngestFormat(type: string): IngestFormat {
  const mime = type.toLowerCase().replaceAll(/\s+/g, '');
  const [essence = '', ...rest] = mime.split(';');
  const parameters = new Map(
    rest.map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return [name, value.join('=').replaceAll('"', '')];
    }),
  );
  const container = CONTAINERS[essence];
  if (container === undefined || mime.length > 200) refuse(type);
  if (container === 'l16') return parsePcm(mime, parameters);
  const codecs = parameters.get('codecs');
  const allowed = CODECS[container];
  if (codecs !== undefined && allowed !== undefined && !codecs.split(',').every((codec) => allowed.test(codec)))
    refuse(type);
  return { mime, container };
}
