import { FieldFrame, type FieldFrameProps } from './field.tsx';
import { Icon } from './icon.tsx';

/** One choice of a {@link Select}. */
export type SelectOption<T extends string> = { value: T; label: string; disabled?: boolean };

/** Props of {@link Select}. */
export type SelectProps<T extends string> = FieldFrameProps & {
  options: readonly SelectOption<T>[];
  value: T;
  onChoose: (value: T) => void;
  disabled?: boolean;
};

/** A labelled native select. */
export function Select<T extends string>({ options, value, onChoose, disabled, ...frame }: SelectProps<T>) {
  return (
    <FieldFrame {...frame}>
      {(control) => (
        <span class="select">
          <select
            {...control}
            value={value}
            disabled={disabled}
            onChange={(event) => onChoose(event.currentTarget.value as T)}
          >
            {options.map((option) => (
              <option key={option.value} value={option.value} disabled={option.disabled}>
                {option.label}
              </option>
            ))}
          </select>
          <Icon name="chevron" />
        </span>
      )}
    </FieldFrame>
  );
}
