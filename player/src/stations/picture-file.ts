/** Types that the server takes as they are. */
const SENT_TYPES: readonly string[] = ['image/png', 'image/jpeg', 'image/webp'];

/** What one may choose: more than the server takes, because the page makes another file of what the browser can read. */
export const CHOSEN_TYPES = 'image/*';

/** Most bytes that the server takes. */
const MAX_SENT_BYTES = 2 * 1024 * 1024;

/** Largest file that is read at all, in bytes. */
const MAX_READ_BYTES = 60 * 1024 * 1024;

/** Shortest side of a picture that is taken, in pixels. */
const MIN_SIDE = 64;

/** Longest side of what is sent when the file itself cannot be, in pixels; the server keeps no larger one. */
const SENT_SIDE = 1000;

/** Quality of such a picture, for WebP and JPEG. */
const QUALITY = 0.9;

/** Width and height in pixels. */
export type PictureSize = { width: number; height: number };

/** Why a file cannot be a station's picture. */
export type PictureFault = { kind: 'unreadable' | 'too_large' } | ({ kind: 'too_small' } & PictureSize);

/** What was made of a file that somebody chose. */
export type ReadPicture = { picture: Blob } | { fault: PictureFault };

/** Whether the server takes a file as it is. */
export function isSentAsItIs({ type, size }: Pick<Blob, 'type' | 'size'>): boolean {
  return SENT_TYPES.includes(type) && size <= MAX_SENT_BYTES;
}

/** The size at which a picture is drawn that must be made smaller; its shape stays. */
export function sizeWithin({ width, height }: PictureSize, side = SENT_SIDE): PictureSize {
  const scale = Math.min(1, side / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** What is wrong with the size of a picture; undefined when nothing is. */
export function sizeFault({ width, height }: PictureSize): PictureFault | undefined {
  return Math.min(width, height) < MIN_SIDE ? { kind: 'too_small', width, height } : undefined;
}

/**
 * Makes what is sent of what somebody chose: the file itself where the server takes it, else a smaller picture, so that
 * photographs straight from a telephone are good. Never rejects.
 */
export async function readPicture(file: Blob): Promise<ReadPicture> {
  if (file.size > MAX_READ_BYTES) return { fault: { kind: 'too_large' } };
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    return { fault: { kind: 'unreadable' } };
  }
  try {
    const fault = sizeFault(bitmap);
    if (fault !== undefined) return { fault };
    const picture = isSentAsItIs(file) ? file : await redrawn(bitmap);
    return picture === undefined ? { fault: { kind: 'unreadable' } } : { picture };
  } finally {
    bitmap.close();
  }
}

async function redrawn(bitmap: ImageBitmap): Promise<Blob | undefined> {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, sizeWithin(bitmap));
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  const webp = await blobOf(canvas, 'image/webp');
  // A browser that writes no WebP gives PNG instead, which is large for photographs.
  return webp?.type === 'image/webp' ? webp : blobOf(canvas, 'image/jpeg');
}

function blobOf(canvas: HTMLCanvasElement, type: string): Promise<Blob | undefined> {
  return new Promise((resolve) => canvas.toBlob((blob) => resolve(blob ?? undefined), type, QUALITY));
}
