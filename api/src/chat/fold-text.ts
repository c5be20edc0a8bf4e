/** Marks that change how a letter sounds or looks but not which one it is: accents, vocalisation, nuktas. */
const DIACRITICS =
  /[\u{300}-\u{36f}\u{1ab0}-\u{1aff}\u{1dc0}-\u{1dff}\u{20d0}-\u{20ff}\u{fe20}-\u{fe2f}\u{483}-\u{489}\u{591}-\u{5bd}\u{5bf}\u{5c1}\u{5c2}\u{5c4}\u{5c5}\u{5c7}\u{610}-\u{61a}\u{64b}-\u{65f}\u{670}\u{6d6}-\u{6dc}\u{6df}-\u{6e4}\u{6e7}\u{6e8}\u{6ea}-\u{6ed}\u{8d3}-\u{8ff}\u{93c}\u{9bc}\u{a3c}\u{abc}\u{b3c}\u{cbc}]/gu;

/** What is invisible, and the stroke that stretches Arabic words. */
const FILLING = /[\p{Default_Ignorable_Code_Point}\u{640}]/gu;

const VARIANTS = new Map<string, string>([
  // Arabic letters that are typed for one another; Persian and Urdu forms
  ...pairs('ٱ', 'ا'),
  ...pairs('ىی', 'ي'),
  ...pairs('کڪ', 'ك'),
  ...pairs('ةہھەۃ', 'ه'),
  // Devanagari: candrabindu and anusvara
  ...pairs('ँ', 'ं'),
  ...pairs('ς', 'σ'),
  // Latin letters that do not come apart, and small capitals
  ...pairs('ø', 'o'),
  ...pairs('đð', 'd'),
  ...pairs('ł', 'l'),
  ...pairs('ħ', 'h'),
  ...pairs('æ', 'ae'),
  ...pairs('œ', 'oe'),
  ...pairs('þ', 'th'),
  ...pairs('ŋ', 'n'),
  ...inOrder('ᴀʙᴄᴅᴇɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢɑɡɩ', 'abcdeghijklmnoprstuvwyzagi'),
  // digits of Arabic, Persian, Devanagari and Bengali
  ...['٠', '۰', '०', '০'].flatMap(digits),
]);

/** Cyrillic and Greek letters that look like Latin ones. */
const TWINS = new Map<string, string>([
  ...inOrder('авсеһіјкмнорѕтухԁԛԝѵ', 'abcehijkmhopstyxdqwv'),
  ...inOrder('αβεηικμνορτυχγζω', 'abenikuvoptuxyzw'),
]);

const WORD = /[\p{L}\p{M}\p{N}]+/gu;
const TWIN_SCRIPTS = /[\p{Script=Cyrillic}\p{Script=Greek}]/gu;

/**
 * Makes texts comparable that people read as the same: compatibility forms, capitals, accents and vocalisation, nuktas,
 * invisible characters, stretched and varied Arabic letters, digits of other scripts. Vowel signs of Indic scripts stay,
 * they are letters.
 */
export function foldText(text: string): string {
  const letters = text
    .normalize('NFKD')
    .replaceAll(FILLING, '')
    .replaceAll(DIACRITICS, '')
    .toUpperCase() // ß, and i without a dot
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(DIACRITICS, '');
  return mapLetters(letters, VARIANTS).normalize('NFC');
}

/**
 * Reads Cyrillic and Greek letters as the Latin ones that they look like: in words that mix scripts, and everywhere in a
 * text all of whose Cyrillic and Greek letters have such a twin. Other Russian and Greek texts stay as they are.
 */
export function foldTwins(folded: string): string {
  const isDisguise = (folded.match(TWIN_SCRIPTS) ?? []).every((letter) => TWINS.has(letter));
  return folded.replaceAll(WORD, (word) =>
    isDisguise || /\p{Script=Latin}/u.test(word) ? mapLetters(word, TWINS) : word,
  );
}

function mapLetters(text: string, table: ReadonlyMap<string, string>): string {
  return [...text].map((letter) => table.get(letter) ?? letter).join('');
}

function pairs(letters: string, to: string): [string, string][] {
  return [...letters].map((letter) => [letter, to]);
}

function inOrder(letters: string, to: string): [string, string][] {
  return [...letters].map((letter, index) => [letter, to[index] ?? letter]);
}

function digits(zero: string): [string, string][] {
  const first = zero.codePointAt(0) ?? 0;
  return Array.from({ length: 10 }, (_, value) => [String.fromCodePoint(first + value), String(value)]);
}
