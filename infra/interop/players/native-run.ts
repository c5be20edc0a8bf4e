import { pause, ReleaseStack } from '../../runtime/index.ts';
import { spawnProgram, type TestProgram } from '../../testkit/index.ts';
import { findNeeds, neededProgram } from '../needed-programs.ts';
import type { RunTime } from './browser-run.ts';
import { startCountingProxy } from './counting-proxy.ts';
import { hearProgramme } from './heard-programme.ts';
import { commandOf, type NativePlayer, needsOf } from './native-players.ts';
import type { PlayerRun } from './player-run.ts';
import type { Scene } from './scene.ts';
import { SoundCard } from './sound-card.ts';
import { openSoundPipe } from './sound-pipe.ts';

/** Lets a program play; what it plays goes to a sound card of our own. Rejects when it cannot be started. */
export async function runNative(
  player: NativePlayer,
  { scene, time }: { scene: Scene; time: RunTime },
): Promise<PlayerRun> {
  const releases = new ReleaseStack();
  try {
    const card = new SoundCard();
    const proxy = releases.use(await startCountingProxy({ origin: scene.url }));
    const pipe = releases.use(await openSoundPipe((bytes) => card.take(bytes, Date.now())));
    const [name = '', ...args] = commandOf(player, { url: `${proxy.url}${scene.path}`, sound: pipe.path });
    const askedAt = Date.now();
    const env = { HOME: pipe.home, XDG_RUNTIME_DIR: pipe.home };
    const program = releases.use(spawnProgram(neededProgram(name) ?? name, args, { cwd: pipe.home, env }));
    const endedEarly = await endedWithin(program, time);
    const endedAt = Date.now();
    const answers = structuredClone(proxy.counts);
    const { firstSoundAt, stalls, gaps, clicks } = soundUntil(card, endedAt);
    return {
      player: await nameOf(player),
      askedAt,
      firstSoundAt,
      endedAt,
      heard: hearProgramme(clicks, scene.clock),
      stalls,
      gaps,
      saidLatencyMs: undefined,
      answers,
      fatal: endedEarly === undefined ? [] : [endedEarly],
      warnings: warningsOf(program, player),
    };
  } finally {
    await releases.close();
  }
}

/** Why the program ended before its time; undefined when it did not. */
async function endedWithin(program: TestProgram, { minutes, signal }: RunTime): Promise<string | undefined> {
  const over = new AbortController();
  const timeUp = pause(minutes * 60_000, AbortSignal.any([signal, over.signal])).then(() => undefined);
  const end = await Promise.race([program.ended, timeUp]);
  over.abort();
  if (end === undefined) return undefined;
  return `it ended with ${end.signal ?? `code ${end.code}`}: ${program.stderr().trim().split('\n').slice(-3).join(' | ')}`;
}

/** What was heard by then; a card with nothing to play at the end is stalled. */
function soundUntil(card: SoundCard, endedAt: number) {
  const { startedAt: firstSoundAt } = card;
  const until = <T extends { at: number }>(all: readonly T[]) => all.filter(({ at }) => at <= endedAt);
  const stalls = until(card.stalls);
  const lacksMs = firstSoundAt === undefined ? 0 : -card.aheadMs(endedAt);
  if (lacksMs > 0) stalls.push({ at: endedAt - lacksMs, ms: lacksMs });
  return { firstSoundAt, stalls, gaps: until(card.gaps), clicks: until(card.clicks) };
}

async function nameOf(player: NativePlayer): Promise<string> {
  const [need] = needsOf(player);
  const { versions } = await findNeeds(need === undefined ? [] : [need]);
  const version = /\d+\.\d+\.\d+/.exec(Object.values(versions)[0] ?? '')?.[0] ?? '';
  return `${player.need.program} ${version}`.trim();
}

/** Numbers and addresses differ from line to line; lines that differ in them only are one. */
function warningsOf(program: TestProgram, { ownNoise }: NativePlayer): Record<string, number> {
  const warnings: Record<string, number> = {};
  for (const raw of `${program.stdout()}\n${program.stderr()}`.split(/[\n\r]/)) {
    const line = raw.trim();
    if (line === '' || ownNoise.test(line)) continue;
    const kind = line
      .replace(/https?:\S+/g, 'URL')
      .replace(/\b(0x)?[0-9a-f]*\d[0-9a-f]*\b/gi, '#')
      .slice(0, 120);
    warnings[kind] = (warnings[kind] ?? 0) + 1;
  }
  return warnings;
}
