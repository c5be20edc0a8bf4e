import { builtProgram } from '../../e2e/stack.ts';
import { runProgram } from '../../testkit/index.ts';
import type { NginxScene } from './scene.ts';

/** How long the checker follows the live edge, in seconds. */
const SECONDS = 20;

/** The part of the checker's report that is read here. */
type Report = { findings: { id: string; level: string; verdict: string; title: string }[] };

/** The project's own conformance checker, through the proxy. */
export async function lookAtConformance({ proxy, station, found }: NginxScene): Promise<void> {
  const url = `${proxy.url}/live/${station.slug}/index.m3u8`;
  const args = [builtProgram('check'), url, '--insecure', '--json', '--seconds', String(SECONDS)];
  const { text, stderr, code } = await runProgram(process.execPath, args, { timeoutMs: 120_000 });
  if (code !== 0 && code !== 1) throw new Error(`The conformance check could not be made: ${stderr}`);
  const { findings } = JSON.parse(text) as Report;
  const withVerdict = (verdict: string) => findings.filter((finding) => finding.verdict === verdict);
  found.row('conformance: rules kept', withVerdict('pass').length);
  const broken = withVerdict('fail');
  for (const { id, level, title } of broken) {
    found.row(`conformance: not kept, ${level} ${id}`, title);
    if (level === 'MUST') found.faults.push(`conformance through nginx: MUST ${id} is broken (${title})`);
  }
  for (const { id, level, title } of withVerdict('warn')) found.row(`conformance: warned, ${level} ${id}`, title);
}
