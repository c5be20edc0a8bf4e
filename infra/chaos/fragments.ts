/** Cuts a fragmented MP4 segment into its fragments, each with all boxes up to the end of its `mdat` (ISO/IEC 14496-12 8.8). */
export function fragmentsOf(segment: Buffer): Buffer[] {
  const fragments: Buffer[] = [];
  let from = 0;
  for (let at = 0; at + 8 <= segment.length; ) {
    const size = segment.readUInt32BE(at);
    if (size < 8) throw new Error(`A box of ${size} bytes at ${at}.`);
    const type = segment.toString('latin1', at + 4, at + 8);
    at += size;
    if (type !== 'mdat') continue;
    fragments.push(segment.subarray(from, at));
    from = at;
  }
  return fragments;
}
