import { Button } from '../ui/index.ts';

/** The way to the other form. */
export function FormTurn(props: { question: string; answer: string; onTurn: () => void }) {
  return (
    <p class="turn">
      {props.question}{' '}
      <Button kind="quiet" onClick={props.onTurn}>
        {props.answer}
      </Button>
    </p>
  );
}
