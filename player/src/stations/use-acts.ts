import { useSignal } from '@preact/signals';
import { asProblem, problemText } from '../rest/index.ts';

/** Does what a press asks for, and keeps why it could not be done. */
export type Acts = {
  /** Why the last one failed, in words; undefined when it did not. */
  problem: string | undefined;
  /** Settles when it is done and what is shown is fresh; with whether it worked. Never rejects. */
  act: (doing: () => Promise<unknown>) => Promise<boolean>;
};

/** Acts on what a list shows; `refresh` loads the list anew afterwards. */
export function useActs(refresh: () => Promise<void>): Acts {
  const problem = useSignal<string>();
  const act = async (doing: () => Promise<unknown>) => {
    problem.value = undefined;
    const hasWorked = await doing().then(
      () => true,
      (error: unknown) => {
        problem.value = problemText(asProblem(error));
        return false;
      },
    );
    await refresh();
    return hasWorked;
  };
  return { problem: problem.value, act };
}
