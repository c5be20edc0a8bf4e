import type { Report } from './check-origin.ts';
import type { Evidence, Finding, Verdict } from './rule.ts';

const HEADINGS: readonly (readonly [Verdict, string])[] = [
  ['fail', 'Broken'],
  ['warn', 'Broken, and not binding'],
  ['pass', 'In order'],
  ['not applicable', 'Not applicable: it did not occur'],
  ['not checkable', 'Not checkable from outside'],
];

/** How many pieces of evidence are printed for each rule. */
const MAX_PRINTED = 3;

/** The report for people, failures first. */
export function renderReport(report: Report): string {
  const sections = HEADINGS.flatMap(([verdict, heading]) => {
    const findings = report.findings.filter((finding) => finding.verdict === verdict);
    return findings.length === 0 ? [] : [renderSection(`${heading} (${findings.length})`, findings, report)];
  });
  return [renderHead(report), ...sections, renderSummary(report)].join('\n\n');
}

function renderHead(report: Report): string {
  const seconds = Math.round((report.endedAt - report.startedAt) / 1000);
  const megabytes = (report.bytes / 1e6).toFixed(1);
  return [
    report.url,
    `${seconds} s · ${report.renditions.length} renditions (${report.renditions.join(', ')}) · ${report.playlists} playlists · ` +
      `${report.media} pieces of media · ${report.requests} requests · ${megabytes} MB`,
    ...report.remarks,
  ].join('\n');
}

function renderSection(heading: string, findings: readonly Finding[], report: Report): string {
  const lines = [heading];
  let group = '';
  for (const finding of findings) {
    if (finding.group !== group) lines.push(`  ${finding.group}`);
    group = finding.group;
    lines.push(
      `    ${finding.id.padEnd(4)} ${finding.level.padEnd(8)} ${finding.title}`,
      ...renderDetails(finding, report),
    );
  }
  return lines.join('\n');
}

const INDENT = ' '.repeat(18);

function renderDetails({ verdict, evidence, broken, looked }: Finding, report: Report): string[] {
  if (verdict === 'pass') return [];
  if (verdict === 'not applicable' || verdict === 'not checkable')
    return evidence.map(({ detail }) => `${INDENT}${detail}`);
  const printed = evidence.slice(0, MAX_PRINTED).flatMap((piece) => renderEvidence(piece, report));
  return [`${INDENT}${broken} of ${looked}`, ...printed];
}

function renderEvidence({ detail, url, line, at }: Evidence, report: Report): string[] {
  const when = at === undefined ? '' : `${((at - report.startedAt) / 1000).toFixed(1)} s: `;
  const where = url === undefined ? [] : [`${INDENT}  ${url}${line === undefined ? '' : `, line ${line}`}`];
  return [`${INDENT}- ${when}${detail}`, ...where];
}

function renderSummary({ findings, conforms }: Report): string {
  const counts = HEADINGS.map(
    ([verdict]) => `${findings.filter((finding) => finding.verdict === verdict).length} ${verdict}`,
  );
  const musts = findings.filter(({ level, verdict }) => level === 'MUST' && verdict === 'fail').length;
  return `${counts.join(', ')}. ${conforms ? 'No MUST is broken.' : `${musts} MUST broken.`}`;
}
