import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

/** What axe found: the rule, how bad, and the elements. */
export type AxeFault = { rule: string; impact: string; what: string; elements: string[] };

type AxeRun = {
  violations: {
    id: string;
    impact: string | null;
    help: string;
    nodes: { target: unknown[]; failureSummary?: string }[];
  }[];
};

/** Rules of WCAG 2.2 A and AA, and of good practice. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

let source: Promise<string> | undefined;

/**
 * Looks at a page with axe-core as it is now; gives what breaks a rule of WCAG 2.2 AA or good practice. Animations should
 * be over: contrast is measured as it is drawn.
 */
export async function axeFaults(page: Page): Promise<AxeFault[]> {
  source ??= readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const script = await source;
  const how = { runOnly: { type: 'tag', values: TAGS }, resultTypes: ['violations'] };
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(script);
  const { violations } = await page.evaluate<AxeRun>(`axe.run(document, ${JSON.stringify(how)})`);
  return violations.map(({ id, impact, help, nodes }) => ({
    ...{ rule: id, impact: impact ?? 'unknown', what: help },
    elements: nodes.map(({ target, failureSummary }) => `${target.join(' ')}: ${failureSummary ?? ''}`),
  }));
}
