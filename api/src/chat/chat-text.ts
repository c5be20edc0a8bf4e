import { AwazError, MAX_CHAT_CHARACTERS } from '@awaz/infra/contract';

/** Most UTF-16 code units of what is looked at; one character of a script or an emoji may be made of many. */
export const MAX_RAW_TEXT = 8000;

/** Most UTF-16 code units of a message that is kept. */
const MAX_KEPT_TEXT = 4000;

/** Most marks in a row that stay: no script stacks more on one letter. */
const MAX_MARKS = 8;

const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' });

/**
 * What is never shown: control characters, half surrogates, no characters at all, marks that embed, override or isolate a
 * direction, and what is invisible without a use in writing. Joiners, direction marks and variation selectors stay.
 */
const UNSHOWN =
  /[\u{34f}\u{17b4}\u{17b5}\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\u{ad}\u{115f}\u{1160}\u{202a}-\u{202e}\u{2060}-\u{206f}\u{3164}\u{feff}\u{ffa0}\u{fff9}-\u{fffb}\u{1d173}-\u{1d17a}]/gu;

/** Tags are invisible; they belong into the flags of England, Scotland and Wales and nowhere else. */
const STRAY_TAGS = /(\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{2,6}\u{e007f})|[\u{e0000}-\u{e007f}]/gu;

const MARKS_IN_A_ROW = new RegExp(`(\\p{M}{${MAX_MARKS}})\\p{M}+`, 'gu');

/** Something that leaves ink on the page. */
const VISIBLE = /[^\p{Cc}\p{Cf}\p{Cs}\p{Z}\p{M}\p{Default_Ignorable_Code_Point}\u{2800}]/u;

/**
 * Makes a message of what somebody wrote: one line in NFC, without control characters, marks that turn the direction of
 * what follows, and more marks on a letter than scripts have. It is text: whoever shows it must not read it as HTML.
 * Throws `message_refused` when nothing is left to read or it is too long.
 */
export function chatText(raw: string): string {
  if (raw.length > MAX_RAW_TEXT) throw tooLong();
  const text = raw
    .replaceAll(/\s+/gu, ' ')
    .replaceAll(UNSHOWN, '')
    .replaceAll(STRAY_TAGS, '$1')
    .normalize('NFC')
    .replaceAll(MARKS_IN_A_ROW, '$1')
    .replaceAll(/ {2,}/g, ' ')
    .trim();
  if (!VISIBLE.test(text)) throw new AwazError('message_refused', 'The message is empty. Write something first.');
  if (text.length > MAX_KEPT_TEXT || countCharacters(text) > MAX_CHAT_CHARACTERS) throw tooLong();
  return text;
}

/** How many characters a text has, as people count them. */
export function countCharacters(text: string): number {
  let count = 0;
  for (const _ of segmenter.segment(text)) count++;
  return count;
}

function tooLong(): AwazError {
  return new AwazError(
    'message_refused',
    `The message is too long: a message has at most ${MAX_CHAT_CHARACTERS} characters. Shorten it.`,
  );
}
