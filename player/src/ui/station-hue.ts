/** A hue of 0 to 359 for a slug: stations without a picture still look like themselves everywhere. */
export function stationHue(slug: string): number {
  let hash = 7;
  for (const character of slug) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 3600;
  return hash % 360;
}
