import { describe, expect, it } from '@jest/globals';
import { checkOrigin } from './check-origin.ts';
import { RULES } from './rules/index.ts';
import { DIRECTIVE_MUTATIONS } from './test/directive-mutations.ts';
import { HEADER_MUTATIONS } from './test/header-mutations.ts';
import { HTTP_MUTATIONS } from './test/http-mutations.ts';
import { MEDIA_MUTATIONS } from './test/media-mutations.ts';
import type { Mutation } from './test/mutation.ts';
import { PART_MUTATIONS } from './test/part-mutations.ts';
import { RENDITION_MUTATIONS } from './test/rendition-mutations.ts';
import { SimulatedClock } from './test/simulated-clock.ts';
import { SIMULATED_URL, SimulatedOrigin } from './test/simulated-origin.ts';
import { WINDOW_MUTATIONS } from './test/window-mutations.ts';

const MUTATIONS: readonly Mutation[] = [
  ...HEADER_MUTATIONS,
  ...PART_MUTATIONS,
  ...WINDOW_MUTATIONS,
  ...MEDIA_MUTATIONS,
  ...DIRECTIVE_MUTATIONS,
  ...RENDITION_MUTATIONS,
  ...HTTP_MUTATIONS,
];

/** How long a mutated origin is looked at, in simulated seconds; longer when its broadcast ends. */
const USUAL_SECONDS = 10;
const SECONDS_TO_THE_END = 11;

async function brokenRules({ faults, seconds }: Mutation): Promise<string[]> {
  const usual = faults.setup?.endsAfterMs === undefined ? USUAL_SECONDS : SECONDS_TO_THE_END;
  const clock = new SimulatedClock();
  const http = new SimulatedOrigin(clock, faults);
  const { findings } = await checkOrigin({ url: SIMULATED_URL, seconds: seconds ?? usual, http, clock });
  return findings.filter(({ verdict }) => verdict === 'fail' || verdict === 'warn').map(({ id }) => id);
}

describe('an origin that breaks one rule', () => {
  it.each(MUTATIONS)('is caught by rule $breaks: $how', async (mutation) => {
    const expected = [mutation.breaks, ...(mutation.also ?? [])];
    expect((await brokenRules(mutation)).sort()).toEqual(expected.sort());
  });

  it('exists for every rule that can be judged', () => {
    const judged = RULES.flatMap(([, rules]) => rules.filter((rule) => !('notCheckable' in rule)));
    const caught = new Set(MUTATIONS.map(({ breaks }) => breaks));
    expect(judged.map(({ id }) => id).filter((id) => !caught.has(id))).toEqual([]);
  });
});
