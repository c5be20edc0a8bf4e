/** An fMP4 file taken apart: its init section, and one piece of `moof` and `mdat` per fragment. */
export type FragmentedMp4 = { init: Buffer; fragments: Buffer[] };

/** Takes a fragmented MP4 file apart at its top-level boxes (ISO/IEC 14496-12, 4.2). */
export function splitFragments(file: Buffer): FragmentedMp4 {
  const init: Buffer[] = [];
  const fragments: Buffer[] = [];
  let moof: Buffer | undefined;
  for (let offset = 0; offset + 8 <= file.length; ) {
    const size = file.readUInt32BE(offset);
    const type = file.toString('latin1', offset + 4, offset + 8);
    const box = file.subarray(offset, offset + size);
    if (type === 'ftyp' || type === 'moov') init.push(box);
    if (type === 'moof') moof = box;
    if (type === 'mdat' && moof !== undefined) fragments.push(Buffer.concat([moof, box]));
    offset += size;
  }
  return { init: Buffer.concat(init), fragments };
}
