import type { Acknowledgement, ProgrammeMetadata, SocketError, StudioCalls } from '@awaz/infra/contract';
import { signal } from '@preact/signals';

/** What an owner writes about the programme. */
export type ShowTexts = { show: string; host: string; title: string; artist: string };

/** What became of the last thing that was told. `waiting`: for the station to be on air. */
export type ShowState = { kind: 'idle' | 'sending' | 'waiting' | 'told' } | { kind: 'failed'; problem: SocketError };

type SetProgramme = (
  body: Omit<StudioCalls['stream:metadata:set']['body'], 'station'>,
) => Promise<Acknowledgement<{ at: number }>>;

const NOTHING: ShowTexts = { show: '', host: '', title: '', artist: '' };

/** Tells listeners what is playing: now, or as soon as the station is on air. */
export class ShowModel {
  readonly texts = signal<ShowTexts>(NOTHING);
  readonly state = signal<ShowState>({ kind: 'idle' });
  readonly #set: SetProgramme;
  #isTouched = false;

  constructor(set: SetProgramme) {
    this.#set = set;
  }

  /** Changes a text here; nobody is told yet. */
  write(name: keyof ShowTexts, text: string): void {
    this.#isTouched = true;
    this.texts.value = { ...this.texts.value, [name]: text };
    if (this.state.value.kind !== 'waiting') this.state.value = { kind: 'idle' };
  }

  /** Takes what is on air for what was written, as long as nothing was. */
  adopt(programme: ProgrammeMetadata | null): void {
    if (this.#isTouched || programme === null) return;
    const { show, host, track } = programme;
    this.texts.value = {
      ...{ show: show ?? '', host: host ?? '' },
      ...{ title: track?.title ?? '', artist: track?.artist ?? '' },
    };
  }

  /** Tells it. Never rejects; the state says what became of it. */
  async tell(): Promise<void> {
    this.state.value = { kind: 'sending' };
    const answer = await this.#set(programmeOf(this.texts.value));
    if (answer.ok) this.state.value = { kind: 'told' };
    else if (answer.error.code === 'off_air') this.state.value = { kind: 'waiting' };
    else this.state.value = { kind: 'failed', problem: answer.error };
  }

  /** The station is on air: what waited is told. */
  wentOnAir(): void {
    if (this.state.value.kind === 'waiting') void this.tell();
  }
}

/** What is left empty is taken away. A track needs a title. */
export function programmeOf({ show, host, title, artist }: ShowTexts) {
  const track = title.trim() === '' ? null : { title: title.trim(), artist: artist.trim() };
  return { show: show.trim() || null, host: host.trim() || null, track };
}
