import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useRef } from 'preact/hooks';
import { asProblem, type RestProblem } from './problem.ts';
import { problemText } from './problem-text.ts';

/** What a form asks and does. */
export type FormSpec<Name extends string> = {
  initial: Record<Name, string>;
  /** What is wrong with the values, in words, before anything is sent. */
  check?: (values: Record<Name, string>) => Partial<Record<Name, string>>;
  /** Sends the form; a {@link RestProblem} that it rejects with is shown. */
  send: (values: Record<Name, string>) => Promise<void>;
  /** The field that a refusal is about; others are shown above the button. */
  fieldOf?: (problem: RestProblem) => Name | undefined;
  /** What is said beside that field; the usual words of the refusal when left out. */
  wordsOf?: (problem: RestProblem) => string;
};

/** A form in use. */
export type Form<Name extends string> = {
  /** For the form element: `<form ref={form.ref} onSubmit={form.submit} noValidate>`. */
  ref: RefObject<HTMLFormElement | null>;
  submit: (event: Event) => void;
  /** Value, error and what takes input of a field. */
  field: (name: Name) => { name: Name; value: string; error: string | undefined; onInput: (value: string) => void };
  /** Puts a value in place. */
  set: (name: Name, value: string) => void;
  values: Record<Name, string>;
  isBusy: boolean;
  /** What went wrong with the whole; undefined when nothing did. */
  problem: string | undefined;
};

/** A form that is sent to the API. What is wrong is told beside its field, and the first such field gets the focus. */
export function useForm<Name extends string>(spec: FormSpec<Name>): Form<Name> {
  const ref = useRef<HTMLFormElement>(null);
  const values = useSignal(spec.initial);
  const faults = useSignal<Partial<Record<Name, string>>>({});
  const problem = useSignal<string>();
  const isBusy = useSignal(false);
  const find = (found: Partial<Record<Name, string>>) => {
    faults.value = found;
    if (Object.keys(found).length > 0) focusFirstFault(ref);
  };
  const refuse = (refusal: RestProblem) => {
    const found = faultsOf(refusal, spec);
    find(found);
    if (Object.keys(found).length === 0) problem.value = problemText(refusal);
  };
  const send = async () => {
    problem.value = undefined;
    find(spec.check?.(values.value) ?? {});
    if (Object.keys(faults.value).length > 0) return;
    isBusy.value = true;
    await spec.send(values.value).catch((error: unknown) => refuse(asProblem(error)));
    isBusy.value = false;
  };
  const set = (name: Name, value: string) => {
    values.value = { ...values.value, [name]: value };
    const { [name]: _gone, ...rest } = faults.value;
    faults.value = rest as Partial<Record<Name, string>>;
  };
  return {
    ref,
    submit: (event) => {
      event.preventDefault();
      if (!isBusy.value) void send();
    },
    field: (name) => ({
      name,
      value: values.value[name],
      error: faults.value[name],
      onInput: (value) => set(name, value),
    }),
    set,
    values: values.value,
    isBusy: isBusy.value,
    problem: problem.value,
  };
}

function faultsOf<Name extends string>(problem: RestProblem, spec: FormSpec<Name>): Partial<Record<Name, string>> {
  const found: Partial<Record<Name, string>> = {};
  for (const { field, message } of problem.fields) {
    if (Object.hasOwn(spec.initial, field)) found[field as Name] = capitalised(message);
  }
  const own = spec.fieldOf?.(problem);
  return own === undefined ? found : { ...found, [own]: (spec.wordsOf ?? problemText)(problem) };
}

function capitalised(message: string): string {
  return `${message.charAt(0).toLocaleUpperCase()}${message.slice(1)}`;
}

/** After the page has been drawn with the faults in place. */
function focusFirstFault(form: RefObject<HTMLFormElement | null>): void {
  setTimeout(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
}
