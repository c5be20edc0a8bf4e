import type { IngestClientEvents } from './client-events.ts';

/** What the shell around the machine has to do. */
export type MachineEffect =
  /** Leave the present socket, if any, and open one to this server (index into the list). */
  | { do: 'connect'; server: number }
  /** Close the present socket; nothing it still says matters. */
  | { do: 'disconnect' }
  | { do: 'send'; data: string | Uint8Array<ArrayBuffer> }
  | TellEffect;

type TellEffect = {
  [Name in keyof IngestClientEvents]: { do: 'tell'; name: Name; body: IngestClientEvents[Name] };
}[keyof IngestClientEvents];

/** Effects in the order in which they have to be done. */
export class EffectQueue {
  readonly #effects: MachineEffect[] = [];

  /** Adds something to do. */
  add(effect: MachineEffect): void {
    this.#effects.push(effect);
  }

  /** Adds an event to tell. */
  tell<Name extends keyof IngestClientEvents>(name: Name, body: IngestClientEvents[Name]): void {
    this.#effects.push({ do: 'tell', name, body } as TellEffect);
  }

  /** Takes all effects. */
  drain(): MachineEffect[] {
    return this.#effects.splice(0);
  }
}
