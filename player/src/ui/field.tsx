import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { Icon } from './icon.tsx';

/** What {@link Field} and `Select` share around their control. */
export type FieldFrameProps = {
  label: string;
  /** The label is for screen readers alone: what stands around the control says the same. */
  isLabelHidden?: boolean | undefined;
  /** Standing help under the control. */
  hint?: ComponentChildren;
  /** What is wrong and what to do; replaces the hint and marks the control invalid. */
  error?: string | undefined;
};

/** Attributes that tie a control to its label, hint and error. */
export type FieldControlProps = {
  id: string;
  class: string;
  'aria-describedby': string | undefined;
  'aria-invalid': 'true' | undefined;
};

/** Label above, control, hint or error below. `children` gets the attributes that the control must carry. */
export function FieldFrame(props: FieldFrameProps & { children: (control: FieldControlProps) => ComponentChildren }) {
  const id = useId();
  const noteId = `${id}-note`;
  const hasNote = props.error !== undefined || props.hint !== undefined;
  return (
    <div class="field">
      <label class={props.isLabelHidden ? 'sr-only' : 'field-label'} for={id}>
        {props.label}
      </label>
      {props.children({
        id,
        class: 'field-control',
        'aria-describedby': hasNote ? noteId : undefined,
        'aria-invalid': props.error === undefined ? undefined : 'true',
      })}
      {props.error !== undefined ? (
        <p class="field-error" id={noteId} role="alert">
          <Icon name="alert" />
          {props.error}
        </p>
      ) : (
        props.hint !== undefined && (
          <p class="field-hint" id={noteId}>
            {props.hint}
          </p>
        )
      )}
    </div>
  );
}

/** Props of {@link Field}. */
export type FieldProps = FieldFrameProps & {
  value: string;
  onInput: (value: string) => void;
  /** Dots instead of letters: keys and passwords. */
  secret?: boolean;
  /** What may be meant, offered while somebody types; anything else may be written too. */
  suggestions?: readonly { value: string; label?: string }[] | undefined;
  inputMode?: 'text' | 'search' | 'email' | 'url' | 'numeric';
  name?: string;
  placeholder?: string;
  autocomplete?: string;
  maxLength?: number;
  required?: boolean;
  disabled?: boolean;
  readOnly?: boolean;
};

/** A labelled text input of one line. */
export function Field({ label, isLabelHidden, hint, error, onInput, secret, suggestions, ...rest }: FieldProps) {
  const listId = useId();
  return (
    <FieldFrame label={label} isLabelHidden={isLabelHidden} hint={hint} error={error}>
      {(control) => {
        const input = {
          ...rest,
          ...control,
          list: suggestions === undefined ? undefined : listId,
          onInput: (event: { currentTarget: HTMLInputElement }) => onInput(event.currentTarget.value),
        };
        return (
          <>
            {secret ? <input type="password" {...input} /> : <input type="text" dir="auto" {...input} />}
            {suggestions !== undefined && <Suggestions id={listId} suggestions={suggestions} />}
          </>
        );
      }}
    </FieldFrame>
  );
}

function Suggestions({ id, suggestions }: { id: string; suggestions: NonNullable<FieldProps['suggestions']> }) {
  return (
    <datalist id={id}>
      {suggestions.map(({ value, label }) => (
        <option key={value} value={value} label={label} />
      ))}
    </datalist>
  );
}
