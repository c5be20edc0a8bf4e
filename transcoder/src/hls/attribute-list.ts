import { PlaylistSyntaxError } from './playlist-lines.ts';

/** Attributes of a tag by name; quoted strings come without their quotes. */
export type Attributes = ReadonlyMap<string, string>;

/** Renders an attribute list (RFC 8216bis 4.2); entries without a value are left out. */
export function renderAttributes(entries: readonly (readonly [name: string, value: string | undefined])[]): string {
  let text = '';
  for (const [name, value] of entries) {
    if (value !== undefined) text += `${text === '' ? '' : ','}${name}=${value}`;
  }
  return text;
}

const UNQUOTABLE = /["\p{Cc}]/u;

/** A quoted-string. What may not stand in one is replaced: see {@link plainText}. */
export function quotedString(text: string): string {
  return `"${plainText(text)}"`;
}

/** Text that may stand in a quoted-string: quotes become apostrophes, control characters become spaces. */
export function plainText(text: string): string {
  // RFC 8216bis 4.2: "A string of characters within a pair of double quotes (0x22). The following characters MUST NOT
  // appear in a quoted-string: line feed (0xA), carriage return (0xD), or double quote (0x22)."
  return UNQUOTABLE.test(text) ? text.replaceAll('"', "'").replaceAll(/\p{Cc}/gu, ' ') : text;
}

const ATTRIBUTE = /([A-Z0-9-]+)=(?:"([^"]*)"|([^",]*))(?:,|$)/y;

/** Parses an attribute list. Throws a {@link PlaylistSyntaxError} where it is none, or names one attribute twice. */
export function parseAttributes(text: string, line: number): Attributes {
  const attributes = new Map<string, string>();
  ATTRIBUTE.lastIndex = 0;
  while (ATTRIBUTE.lastIndex < text.length) {
    const at = ATTRIBUTE.lastIndex;
    const match = ATTRIBUTE.exec(text);
    if (match === null) throw new PlaylistSyntaxError(line, `"${text.slice(at, at + 40)}" is no attribute`);
    const [, name = '', quoted, bare = ''] = match;
    // RFC 8216bis 4.2: "A given AttributeName MUST NOT appear more than once in a given attribute-list."
    if (attributes.has(name)) throw new PlaylistSyntaxError(line, `attribute ${name} appears twice`);
    attributes.set(name, quoted ?? bare);
  }
  return attributes;
}

/** A required attribute. Throws a {@link PlaylistSyntaxError} that names it when it is missing. */
export function requireAttribute(attributes: Attributes, name: string, line: number): string {
  const value = attributes.get(name);
  if (value === undefined) throw new PlaylistSyntaxError(line, `attribute ${name} is missing`);
  return value;
}

/** A number among the attributes; undefined when it is not there. Throws when it is not a decimal number. */
export function numberAttribute(attributes: Attributes, name: string, line: number): number | undefined {
  const value = attributes.get(name);
  return value === undefined ? undefined : parseDecimal(value, line);
}

/** A decimal-integer or decimal-floating-point. Throws a {@link PlaylistSyntaxError} when it is none. */
export function parseDecimal(text: string, line: number): number {
  if (!/^\d{1,20}(\.\d*)?$/.test(text)) throw new PlaylistSyntaxError(line, `"${text.slice(0, 40)}" is no number`);
  return Number(text);
}
