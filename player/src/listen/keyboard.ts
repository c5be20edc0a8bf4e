/** What a key does on the listener page. */
export type KeyAction = 'toggle' | 'mute' | 'louder' | 'quieter';

/** The part of a key press that decides. */
export type KeyPress = {
  key: string;
  /** Ctrl, Alt or Meta is down: the press belongs to browser or system. */
  modified: boolean;
  /** Tag name of the focused element in capitals, and whether it is edited. */
  focus: { tag: string; editable: boolean };
};

const TYPING: readonly string[] = ['INPUT', 'TEXTAREA', 'SELECT'];
const PRESSED_BY_SPACE: readonly string[] = ['BUTTON', 'A', 'SUMMARY'];

/** The action of a key press; undefined when the page leaves it alone: in text fields, and what controls do themselves. */
export function keyAction({ key, modified, focus }: KeyPress): KeyAction | undefined {
  if (modified || focus.editable || TYPING.includes(focus.tag)) return undefined;
  switch (key) {
    case ' ':
      return PRESSED_BY_SPACE.includes(focus.tag) ? undefined : 'toggle';
    case 'k':
    case 'K':
      return 'toggle';
    case 'm':
    case 'M':
      return 'mute';
    case 'ArrowUp':
      return 'louder';
    case 'ArrowDown':
      return 'quieter';
    default:
      return undefined;
  }
}
