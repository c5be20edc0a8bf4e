import { decodeChunkMessage } from '@awaz/infra/contract';
import { IngestMachine, type MachineOptions } from '../ingest-machine.ts';
import type { MachineEffect } from '../machine-effects.ts';

/** The format of all epochs here. */
export const FORMAT = 'audio/webm;codecs=opus';

/** A machine at a virtual time, with what it did in readable form. */
export class MachineBench {
  /** The machine's clock, ms since 1970. */
  now = 1e12;
  /** The machine itself; effects taken from it are not in {@link did}. */
  readonly machine: IngestMachine;
  #content = 0;

  constructor(options: Partial<MachineOptions> = {}) {
    const defaults = {
      servers: 1,
      takeover: false,
      broadcastId: undefined,
      whenOver: 'fail' as const,
      random: () => 0.5,
    };
    this.machine = new IngestMachine({ ...defaults, ...options });
  }

  /** Records chunks of 60 ms; their content is 0, 1, 2, … */
  push(count = 1): void {
    for (let n = 0; n < count; n++) {
      this.now += 60;
      const payload = Uint8Array.of(this.#content++);
      this.machine.push({ payload, capturedAt: this.now, durationMs: 60 }, this.now);
    }
  }

  /** The server says something. */
  say(message: object): void {
    this.machine.message(JSON.stringify(message), this.now);
  }

  /** The socket opens, and the server answers hello. */
  ready(position: { broadcastId?: string; epoch?: string; nextSeq?: number } = {}): void {
    this.machine.socketOpened(this.now);
    this.say({ type: 'ready', broadcastId: 'b1', epoch: 'e1', nextSeq: 0, serverTime: this.now, ...position });
  }

  /** The server stored chunks up to this one. */
  ack(seq: number): void {
    this.say({ type: 'ack', seq, serverTime: this.now });
  }

  /** The server refuses with a code. */
  refuse(code: string, retryable = false): void {
    this.say({ type: 'error', code, message: `refused: ${code}`, retryable });
  }

  /** The connection breaks. */
  cut(): void {
    this.machine.socketClosed({ code: 1006, reason: '' }, this.now);
  }

  /** Lets time pass until the machine wants to do something, and lets it. */
  wake(): number {
    const at = this.machine.wakeAt();
    if (at === undefined) throw new Error('nothing is due');
    const waited = at - this.now;
    this.now = at;
    this.machine.tick(at);
    return waited;
  }

  /** What was done since the last call: `connect 0`, `hello {…}`, `chunk 3=7`, `state open`, … */
  did(): string[] {
    return this.machine.drain().map(describeEffect);
  }

  /** What was told under a name since the last call. */
  told(name: string): unknown[] {
    const tells = this.machine.drain().filter((effect) => effect.do === 'tell');
    return tells.filter((effect) => effect.name === name).map((effect) => effect.body);
  }
}

function describeEffect(effect: MachineEffect): string {
  if (effect.do === 'connect') return `connect ${effect.server}`;
  if (effect.do === 'disconnect') return 'disconnect';
  if (effect.do === 'tell') return effect.name === 'state' ? `state ${effect.body}` : `tell ${effect.name}`;
  if (typeof effect.data !== 'string') {
    const { seq, payload } = decodeChunkMessage(effect.data);
    return `chunk ${seq}=${payload[0]}`;
  }
  const { type, resume, takeover } = JSON.parse(effect.data);
  const facts = [type, resume?.broadcastId, resume?.epoch, takeover ? 'takeover' : undefined];
  return facts.filter((fact) => fact !== undefined).join(' ');
}

/** A machine on air with some chunks in flight. */
export function onAir(options: Partial<MachineOptions> = {}, chunks = 3): MachineBench {
  const bench = new MachineBench(options);
  bench.machine.startEpoch(FORMAT, bench.now);
  bench.ready();
  bench.push(chunks);
  bench.did();
  return bench;
}
