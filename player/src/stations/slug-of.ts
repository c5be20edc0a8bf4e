/** Most characters of a slug. */
const MAX_SLUG = 40;

/**
 * The slug that a title suggests: its Latin letters without marks, digits, and hyphens between. Empty when nothing of it
 * can be written so.
 */
export function slugOf(title: string): string {
  return title
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll('ß', 'ss')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_SLUG)
    .replaceAll(/^-+|-+$/g, '');
}
