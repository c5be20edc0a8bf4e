import { type Attributes, numberAttribute, renderAttributes } from './attribute-list.ts';
import { formatSeconds, roundSeconds, type Seconds } from './seconds.ts';

/** `EXT-X-SERVER-CONTROL` (RFC 8216bis 4.4.3.8); the same in all media playlists of a broadcast, for its whole life. */
export type ServerControl = {
  /** Whether `_HLS_msn` and `_HLS_part` are obeyed. */
  canBlockReload: boolean;
  /** The Skip Boundary: how far from the end delta updates begin to skip. */
  canSkipUntil?: Seconds;
  /** Whether `_HLS_skip=v2` is obeyed. */
  canSkipDateRanges: boolean;
  /** Distance from the end at which players that do without parts should play. */
  holdBack?: Seconds;
  /** Distance from the end at which players that use parts should play. */
  partHoldBack?: Seconds;
};

/**
 * The server control of a playlist with these targets: the shortest distances that the rules allow. Without a part target
 * it is that of a playlist of whole segments.
 */
export function serverControlFor(targetDuration: number, partTarget?: Seconds): ServerControl {
  if (partTarget === undefined) {
    return { canBlockReload: true, canSkipDateRanges: false, holdBack: 3 * targetDuration };
  }
  return {
    canBlockReload: true,
    // "The Skip Boundary MUST be at least six times the Target Duration."
    canSkipUntil: 6 * targetDuration,
    canSkipDateRanges: true,
    // HOLD-BACK: "Its value MUST be at least three times the Target Duration."
    holdBack: 3 * targetDuration,
    // PART-HOLD-BACK: "Its value MUST be at least twice the Part Target Duration. Its value SHOULD be at least three times
    // the Part Target Duration." Counted from the target as it is printed, which may be rounded up.
    partHoldBack: roundSeconds(3 * roundSeconds(partTarget)),
  };
}

/** Renders the tag. */
export function renderServerControl(control: ServerControl): string {
  return `#EXT-X-SERVER-CONTROL:${renderAttributes([
    ['CAN-BLOCK-RELOAD', control.canBlockReload ? 'YES' : undefined],
    ['CAN-SKIP-UNTIL', control.canSkipUntil === undefined ? undefined : formatSeconds(control.canSkipUntil)],
    ['CAN-SKIP-DATERANGES', control.canSkipDateRanges ? 'YES' : undefined],
    ['HOLD-BACK', control.holdBack === undefined ? undefined : formatSeconds(control.holdBack)],
    ['PART-HOLD-BACK', control.partHoldBack === undefined ? undefined : formatSeconds(control.partHoldBack)],
  ])}\n`;
}

/** Reads the tag's attributes. */
export function parseServerControl(attributes: Attributes, line: number): ServerControl {
  return {
    canBlockReload: attributes.get('CAN-BLOCK-RELOAD') === 'YES',
    canSkipUntil: numberAttribute(attributes, 'CAN-SKIP-UNTIL', line),
    canSkipDateRanges: attributes.get('CAN-SKIP-DATERANGES') === 'YES',
    holdBack: numberAttribute(attributes, 'HOLD-BACK', line),
    partHoldBack: numberAttribute(attributes, 'PART-HOLD-BACK', line),
  };
}
