import { FieldFrame, type FieldFrameProps } from './field.tsx';

/** Props of {@link TextArea}. */
export type TextAreaProps = FieldFrameProps & {
  value: string;
  onInput: (value: string) => void;
  rows?: number;
};

/** A labelled text of several lines. */
export function TextArea({ value, onInput, rows = 4, ...frame }: TextAreaProps) {
  return (
    <FieldFrame {...frame}>
      {(control) => (
        <textarea
          {...control}
          dir="auto"
          rows={rows}
          value={value}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
    </FieldFrame>
  );
}
