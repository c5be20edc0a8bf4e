import type { Evidence } from './evidence.ts';
import type { OriginView } from './origin-view.ts';

export type { Evidence } from './evidence.ts';

/**
 * How binding a rule is. `PROFILE`: required in plain prose by the low-latency server profile (RFC 8216bis, B.1);
 * `INTEROP`: learned from players.
 */
export type Level = 'MUST' | 'SHOULD' | 'PROFILE' | 'INTEROP';

/** `warn`: broken, and not binding. */
export type Verdict = 'pass' | 'fail' | 'warn' | 'not applicable' | 'not checkable';

/** Where rules stand in the report. */
export type Group =
  | 'Playlist header'
  | 'Parts'
  | 'Sliding window'
  | 'Media bytes'
  | 'Preload hints'
  | 'Delivery directives'
  | 'Delta updates'
  | 'Renditions'
  | 'HTTP'
  | 'Behaviour';

/** One look at one thing: evidence when it breaks the rule, undefined when it is in order. */
export type Look = Evidence | undefined;

/** A rule of the checklist. Ids are the numbers of the checklist, with a letter for each clause. */
export type Rule = {
  id: string;
  level: Level;
  title: string;
} & (
  | {
      /** Looks at all the things that the rule speaks of; none at all means that it does not apply. */
      look: (view: OriginView) => Iterable<Look>;
      /** What there has to be for the rule to apply. */
      needs: string;
    }
  /** Why it cannot be told from outside. */
  | { notCheckable: string }
);

/** What became of a rule. */
export type Finding = {
  id: string;
  level: Level;
  group: Group;
  title: string;
  verdict: Verdict;
  /** How many things were looked at. */
  looked: number;
  /** How many of them break the rule. */
  broken: number;
  /** The first few of them; for other verdicts what there is to know. */
  evidence: readonly Evidence[];
};

/** How many pieces of evidence a finding keeps. */
const MAX_EVIDENCE = 5;

/** Judges one rule by what was seen. */
export function judgeRule(rule: Rule, group: Group, view: OriginView): Finding {
  const { id, level, title } = rule;
  const finding = { id, level, group, title, looked: 0, broken: 0 };
  if ('notCheckable' in rule)
    return { ...finding, verdict: 'not checkable', evidence: [{ detail: rule.notCheckable }] };
  const evidence: Evidence[] = [];
  for (const look of rule.look(view)) {
    finding.looked++;
    if (look === undefined) continue;
    finding.broken++;
    if (evidence.length < MAX_EVIDENCE) evidence.push(look);
  }
  if (finding.looked === 0)
    return { ...finding, verdict: 'not applicable', evidence: [{ detail: `There was no ${rule.needs}.` }] };
  if (finding.broken === 0) return { ...finding, verdict: 'pass', evidence };
  return { ...finding, verdict: level === 'MUST' || level === 'PROFILE' ? 'fail' : 'warn', evidence };
}
