import { useId } from 'preact/hooks';
import type { Choice } from './choices.tsx';
import { Icon } from './icon.tsx';

/** Props of {@link Checks}. */
export type ChecksProps<T extends string> = {
  /** What is chosen. */
  legend: string;
  choices: readonly Choice<T>[];
  values: readonly T[];
  onChoose: (values: T[]) => void;
  /** What is wrong and what to do. */
  error?: string | undefined;
};

/** Any number of a few choices: check boxes, side by side where there is room. */
export function Checks<T extends string>({ legend, choices, values, onChoose, error }: ChecksProps<T>) {
  const noteId = useId();
  const toggle = (value: T) => {
    const isIn = values.includes(value);
    onChoose(isIn ? values.filter((other) => other !== value) : [...values, value]);
  };
  return (
    <fieldset class="choices" aria-describedby={error === undefined ? undefined : noteId}>
      <legend class="field-label">{legend}</legend>
      <div class="choices-boxes">
        {choices.map(({ value, name, hint }) => (
          <label key={value} class="choice">
            <input
              type="checkbox"
              checked={values.includes(value)}
              aria-invalid={error === undefined ? undefined : 'true'}
              onChange={() => toggle(value)}
            />
            <span class="choice-name">{name}</span>
            {hint !== undefined && <span class="choice-hint">{hint}</span>}
          </label>
        ))}
      </div>
      {error !== undefined && (
        <p class="field-error" id={noteId} role="alert">
          <Icon name="alert" />
          {error}
        </p>
      )}
    </fieldset>
  );
}
