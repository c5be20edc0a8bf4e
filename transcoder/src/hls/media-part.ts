import {
  type Attributes,
  numberAttribute,
  quotedString,
  renderAttributes,
  requireAttribute,
} from './attribute-list.ts';
import { formatSeconds, type Seconds } from './seconds.ts';

/** A Partial Segment as a playlist lists it: `EXT-X-PART` (RFC 8216bis 4.4.4.9). */
export type MediaPart = {
  /** Relative to the playlist. */
  uri: string;
  durationSeconds: Seconds;
  /** Whether it holds a frame that needs none before it; all audio parts do. */
  independent: boolean;
  /** Whether it is not available. */
  gap?: boolean;
  /** `n[@o]` when the part is a range of a larger resource. */
  byteRange?: string;
};

/** Renders the tag. */
export function renderPart(part: MediaPart): string {
  return `#EXT-X-PART:${renderAttributes([
    ['DURATION', formatSeconds(part.durationSeconds)],
    ['URI', quotedString(part.uri)],
    ['BYTERANGE', part.byteRange === undefined ? undefined : quotedString(part.byteRange)],
    ['INDEPENDENT', part.independent ? 'YES' : undefined],
    ['GAP', part.gap ? 'YES' : undefined],
  ])}\n`;
}

/** Reads the tag's attributes. */
export function parsePart(attributes: Attributes, line: number): MediaPart {
  const byteRange = attributes.get('BYTERANGE');
  requireAttribute(attributes, 'DURATION', line);
  return {
    uri: requireAttribute(attributes, 'URI', line),
    durationSeconds: numberAttribute(attributes, 'DURATION', line) ?? 0,
    independent: attributes.get('INDEPENDENT') === 'YES',
    ...(attributes.get('GAP') === 'YES' ? { gap: true } : {}),
    ...(byteRange === undefined ? {} : { byteRange }),
  };
}
