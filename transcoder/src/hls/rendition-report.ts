import {
  type Attributes,
  numberAttribute,
  quotedString,
  renderAttributes,
  requireAttribute,
} from './attribute-list.ts';

/** `EXT-X-RENDITION-REPORT` (RFC 8216bis 4.4.5.4): where another rendition has got to. */
export type RenditionReport = {
  /** Playlist of the other rendition, relative to this one. */
  uri: string;
  /** Media sequence number of its last segment, or of its last part's segment when that is further on. */
  lastMsn: number;
  /** Index of its last part; absent when the rendition has no parts. */
  lastPart?: number;
};

/** Renders the tag. */
export function renderRenditionReport(report: RenditionReport): string {
  return `#EXT-X-RENDITION-REPORT:${renderAttributes([
    ['URI', quotedString(report.uri)],
    ['LAST-MSN', String(report.lastMsn)],
    ['LAST-PART', report.lastPart === undefined ? undefined : String(report.lastPart)],
  ])}\n`;
}

/** Reads the tag's attributes. */
export function parseRenditionReport(attributes: Attributes, line: number): RenditionReport {
  const lastPart = numberAttribute(attributes, 'LAST-PART', line);
  requireAttribute(attributes, 'LAST-MSN', line);
  return {
    uri: requireAttribute(attributes, 'URI', line),
    lastMsn: numberAttribute(attributes, 'LAST-MSN', line) ?? 0,
    ...(lastPart === undefined ? {} : { lastPart }),
  };
}
