/** Languages that are offered; any other one may be written as its tag (BCP 47). */
const OFFERED = [
  'ar',
  'bn',
  'de',
  'en',
  'es',
  'fa',
  'fr',
  'hi',
  'it',
  'ja',
  'pa',
  'ps',
  'pt',
  'ru',
  'sd',
  'ta',
  'tr',
  'ur',
  'zh',
];

/** Tags with what people call them, for a field that takes a tag. */
export function languageSuggestions(): { value: string; label: string }[] {
  return OFFERED.map((value) => ({ value, label: languageName(value) }));
}

let names: Intl.DisplayNames | undefined;

/** What people call a language; the tag itself when it has no name. */
export function languageName(tag: string): string {
  try {
    names ??= new Intl.DisplayNames('en', { type: 'language' });
    return names.of(tag) ?? tag;
  } catch {
    return tag; // no tag at all
  }
}
