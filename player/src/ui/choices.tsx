import type { ComponentChildren } from 'preact';

/** One of the things to choose from, with what it means. */
export type Choice<T extends string> = { value: T; name: string; hint?: string };

/** Props of {@link Choices}. */
export type ChoicesProps<T extends string> = {
  /** What is chosen. */
  legend: string;
  /** Of the radio buttons; other than that of every other group on the page. */
  name: string;
  choices: readonly Choice<T>[];
  value: T;
  onChoose: (value: T) => void;
  disabled?: boolean;
  /** Said below all of them. */
  note?: ComponentChildren;
};

/** A few choices that need a sentence each: radio buttons in boxes, side by side where there is room. */
export function Choices<T extends string>(props: ChoicesProps<T>) {
  const { legend, name, choices, value, onChoose, disabled, note } = props;
  return (
    <fieldset class="choices" disabled={disabled}>
      <legend class="field-label">{legend}</legend>
      <div class="choices-boxes">
        {choices.map((choice) => (
          <label key={choice.value} class="choice">
            <input
              type="radio"
              name={name}
              value={choice.value}
              checked={choice.value === value}
              onChange={() => onChoose(choice.value)}
            />
            <span class="choice-name">{choice.name}</span>
            {choice.hint !== undefined && <span class="choice-hint">{choice.hint}</span>}
          </label>
        ))}
      </div>
      {note !== undefined && <p class="muted small">{note}</p>}
    </fieldset>
  );
}
