/** Thrown for bytes that are no fragment of ours. */
export class FragmentSyntaxError extends Error {
  override name = 'FragmentSyntaxError';
}

type Span = { start: number; end: number };

/** The raw AAC frames of a fragment that `mediaFragment` made, `emsg` boxes before it or not. Views, no copies. */
export function fragmentFrames(fragment: Uint8Array): Uint8Array[] {
  const sizes = sampleSizes(fragment);
  const mdat = findBox(fragment, { start: 0, end: fragment.length }, 'mdat');
  let at = mdat.start;
  return sizes.map((size) => {
    if (at + size > mdat.end) throw new FragmentSyntaxError('The frames are longer than mdat.');
    const frame = fragment.subarray(at, at + size);
    at += size;
    return frame;
  });
}

/** The sizes in bytes of the frames of a fragment; its `mdat` need not be there. */
export function sampleSizes(fragment: Uint8Array): number[] {
  let place = { start: 0, end: fragment.length };
  for (const type of ['moof', 'traf', 'trun']) place = findBox(fragment, place, type);
  const view = new DataView(fragment.buffer, fragment.byteOffset, fragment.byteLength);
  const count = place.start + 12 <= place.end ? view.getUint32(place.start + 4) : 0;
  const first = place.start + 12; // version and flags, sample_count, data_offset
  if (first + count * 4 > place.end) throw new FragmentSyntaxError('trun is shorter than its samples.');
  return Array.from({ length: count }, (_, index) => view.getUint32(first + index * 4));
}

function findBox(bytes: Uint8Array, within: Span, wanted: string): Span {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = within.start; at + 8 <= within.end; ) {
    const size = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (size < 8) break;
    if (type === wanted && at + size <= within.end) return { start: at + 8, end: at + size };
    at += size;
  }
  throw new FragmentSyntaxError(`There is no ${wanted} box.`);
}
