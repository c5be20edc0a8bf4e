import { AwazError } from '@awaz/infra/contract';

/** Largest picture that is taken, in bytes. */
export const MAX_UPLOAD_BYTES = 2 * 1024 * 1024;

/** Types of pictures that are taken. */
export const PICTURE_TYPES = ['image/png', 'image/jpeg', 'image/webp'] as const;

/** Shortest side of a picture that is taken, in pixels. */
const MIN_SIDE = 64;

/** Most pixels of a picture that is read: a small file may hold a huge picture. */
const MAX_PIXELS = 40_000_000;

/** Longest side of what is kept, in pixels. */
const KEPT_SIDE = 1000;

/** Largest picture that is kept, in bytes. */
export const MAX_KEPT_BYTES = 512 * 1024;

/** Qualities of WebP that are tried one after the other until the picture is small enough. */
const QUALITIES = [82, 60, 35];

/** Pictures read at the same time, each on a thread of libuv's pool (of four); more are refused. */
const MAX_RUNNING = 2;

let running = 0;

/**
 * Reads a picture and makes it anew as WebP, upright, 1000 pixels at most on its longer side, without anything that came
 * along: places, cameras, programs. Throws `bad_request`, `unsupported_media_type` or `overloaded`.
 */
export async function cleanPicture(upload: Buffer): Promise<Buffer> {
  if (formatOf(upload) === undefined)
    throw new AwazError('unsupported_media_type', 'Send a PNG, JPEG or WebP picture.');
  if (running >= MAX_RUNNING) {
    throw new AwazError('overloaded', 'Too many pictures come at once. Try again soon.', { retryAfterMs: 2000 });
  }
  running++;
  try {
    return await remade(upload);
  } finally {
    running--;
  }
}

async function remade(upload: Buffer): Promise<Buffer> {
  try {
    const options = { limitInputPixels: MAX_PIXELS, failOn: 'error', animated: false } as const;
    const { default: sharp } = await import('sharp'); // tens of MB that most processes never need
    const { width, height } = await sharp(upload, options).metadata();
    if (Math.min(width, height) < MIN_SIDE) throw tooSmall(width, height);
    const upright = sharp(upload, options)
      .rotate()
      .resize(KEPT_SIDE, KEPT_SIDE, { fit: 'inside', withoutEnlargement: true });
    for (const quality of QUALITIES) {
      const picture = await upright.clone().webp({ quality }).toBuffer();
      if (picture.length <= MAX_KEPT_BYTES) return picture;
    }
  } catch (error) {
    if (error instanceof AwazError) throw error;
    throw new AwazError('bad_request', 'The picture cannot be read: it is damaged, or has too many pixels.', {
      cause: error,
    });
  }
  throw new AwazError('bad_request', 'The picture holds too much detail to be kept. Send a simpler one.');
}

function tooSmall(width: number, height: number): AwazError {
  const message = `The picture has ${width} by ${height} pixels. It needs ${MIN_SIDE} on each side at least.`;
  return new AwazError('bad_request', message);
}

/** Format by the first bytes: nothing else gets near a decoder. */
function formatOf(bytes: Buffer): 'png' | 'jpeg' | 'webp' | undefined {
  if (bytes.subarray(0, 8).equals(Buffer.from('89504e470d0a1a0a', 'hex'))) return 'png';
  if (bytes.subarray(0, 3).equals(Buffer.from('ffd8ff', 'hex'))) return 'jpeg';
  const isWebp = bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP';
  return isWebp ? 'webp' : undefined;
}
