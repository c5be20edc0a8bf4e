/** Length of a part of {@link FakeBroadcast} in seconds: 9 AAC frames. */
export const PART_SECONDS = 0.192;

/** Parts in a segment of {@link FakeBroadcast}. */
export const PARTS_PER_SEGMENT = 10;

const SEGMENT_SECONDS = PART_SECONDS * PARTS_PER_SEGMENT;
const OPENING_PARTS = 3 * PARTS_PER_SEGMENT;
const WINDOW_SEGMENTS = 31;
const SEGMENTS_WITH_PARTS = 4;

/** One broadcast of a test: its parts appear in real time, until it is made quiet or ended. */
export class FakeBroadcast {
  readonly id: string;
  /** Whether it is over; its playlists then end. */
  ended = false;
  #parts = OPENING_PARTS;
  #quietUntil = 0;
  readonly #startedAt = Date.now() - OPENING_PARTS * PART_SECONDS * 1000;

  constructor(id: string) {
    this.id = id;
  }

  /** Parts that were published, from the first on. */
  get parts(): number {
    const due = Math.floor((Date.now() - this.#startedAt) / 1000 / PART_SECONDS);
    if (!this.ended && Date.now() >= this.#quietUntil) this.#parts = Math.max(this.#parts, due);
    return this.#parts;
  }

  /** Publishes nothing for some time, then all that is due at once. */
  goQuiet(ms: number): void {
    this.#quietUntil = Date.now() + ms;
  }

  /** Whether a blocking request for this part can be answered. */
  has(msn: number, part: number): boolean {
    return this.ended || this.parts > msn * PARTS_PER_SEGMENT + part;
  }

  /** The media playlist of this moment. */
  playlist(): string {
    const parts = this.parts;
    const last = Math.floor(parts / PARTS_PER_SEGMENT);
    const first = Math.max(0, last - WINDOW_SEGMENTS);
    const lines = [
      '#EXTM3U',
      '#EXT-X-VERSION:9',
      '#EXT-X-TARGETDURATION:2',
      '#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=0.576,HOLD-BACK=6',
      `#EXT-X-PART-INF:PART-TARGET=${PART_SECONDS}`,
      `#EXT-X-MEDIA-SEQUENCE:${first}`,
      '#EXT-X-MAP:URI="init.mp4"',
    ];
    for (let msn = first; msn <= last; msn++) lines.push(...this.#segment(msn, { parts, last }));
    lines.push(
      this.ended ? '#EXT-X-ENDLIST' : `#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${last}.${parts % PARTS_PER_SEGMENT}.m4s"`,
    );
    return `${lines.join('\n')}\n`;
  }

  #segment(msn: number, { parts, last }: { parts: number; last: number }): string[] {
    const count = msn === last ? parts % PARTS_PER_SEGMENT : PARTS_PER_SEGMENT;
    if (count === 0) return [];
    const date = new Date(this.#startedAt + msn * SEGMENT_SECONDS * 1000).toISOString();
    const lines = [`#EXT-X-PROGRAM-DATE-TIME:${date}`];
    for (let part = 0; part < count && msn > last - SEGMENTS_WITH_PARTS; part++) {
      lines.push(`#EXT-X-PART:DURATION=${PART_SECONDS},URI="${msn}.${part}.m4s",INDEPENDENT=YES`);
    }
    if (msn < last) lines.push(`#EXTINF:${SEGMENT_SECONDS},`, `${msn}.m4s`);
    return lines;
  }
}
