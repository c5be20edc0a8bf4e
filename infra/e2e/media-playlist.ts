/** One `EXT-X-PART` as read. */
export type ListedPart = { url: string; durationS: number; msn: number; index: number };

/** One segment as read. */
export type ListedSegment = {
  url: string;
  durationS: number;
  msn: number;
  /** Ms since 1970; undefined without EXT-X-PROGRAM-DATE-TIME. */
  programDateTime: number | undefined;
  parts: ListedPart[];
};

/** What a test reads of a media playlist; written apart from the origin's own code so that it does not share its errors. */
export type ListedPlaylist = {
  text: string;
  initUrl: string;
  targetDurationS: number;
  partTargetS: number;
  segments: ListedSegment[];
  /** The segment that still grows; its `durationS` and `url` are empty. */
  growing: ListedSegment;
  ended: boolean;
};

/** One variant of a multivariant playlist. */
export type ListedVariant = { url: string; bandwidth: number; codecs: string };

/** Attributes of a tag: `NAME=value,NAME="quoted, value"`. */
function attributes(line: string): Map<string, string> {
  const list = line.slice(line.indexOf(':') + 1);
  const pairs = list.matchAll(/([A-Z0-9-]+)=("[^"]*"|[^,]*)/g);
  return new Map([...pairs].map(([, name = '', value = '']) => [name, value.replaceAll('"', '')]));
}

/** Reads a multivariant playlist that was fetched from `url`. */
export function readMultivariant(text: string, url: string): ListedVariant[] {
  const lines = text.split(/\r?\n/);
  return lines.flatMap((line, i) => {
    if (!line.startsWith('#EXT-X-STREAM-INF:')) return [];
    const found = attributes(line);
    const uri = lines[i + 1] ?? '';
    return [
      {
        url: new URL(uri, url).href,
        bandwidth: Number(found.get('BANDWIDTH')),
        codecs: found.get('CODECS') ?? '',
      },
    ];
  });
}

/** Reads a media playlist that was fetched from `url`. Throws when it is none. */
export function readMediaPlaylist(text: string, url: string): ListedPlaylist {
  if (!text.startsWith('#EXTM3U\n')) throw new Error(`${url} is no playlist: ${text.slice(0, 200)}`);
  const state = new PlaylistState(url);
  for (const line of text.split(/\r?\n/)) state.take(line);
  return { text, ...state.result() };
}

class PlaylistState {
  readonly #url: string;
  readonly #segments: ListedSegment[] = [];
  #growing: ListedSegment = { url: '', durationS: 0, msn: 0, programDateTime: undefined, parts: [] };
  #facts = { initUrl: '', targetDurationS: 0, partTargetS: 0, ended: false };

  constructor(url: string) {
    this.#url = url;
  }

  take(line: string): void {
    if (line === '') return;
    if (line.startsWith('#')) this.#tag(line);
    else this.#segment(line);
  }

  #tag(line: string): void {
    const [tag = ''] = line.split(':');
    const value = line.slice(tag.length + 1);
    if (tag === '#EXT-X-MEDIA-SEQUENCE') this.#growing.msn = Number(value);
    else if (tag === '#EXT-X-TARGETDURATION') this.#facts.targetDurationS = Number(value);
    else if (tag === '#EXT-X-PART-INF') this.#facts.partTargetS = Number(attributes(line).get('PART-TARGET'));
    else if (tag === '#EXT-X-MAP') this.#facts.initUrl = this.#absolute(attributes(line).get('URI'));
    else if (tag === '#EXT-X-PROGRAM-DATE-TIME') this.#growing.programDateTime = Date.parse(value);
    else if (tag === '#EXTINF') this.#growing.durationS = Number.parseFloat(value);
    else if (tag === '#EXT-X-PART') this.#part(attributes(line));
    else if (tag === '#EXT-X-ENDLIST') this.#facts.ended = true;
  }

  result(): Omit<ListedPlaylist, 'text'> {
    return { ...this.#facts, segments: this.#segments, growing: this.#growing };
  }

  #absolute(uri: string | undefined): string {
    return new URL(uri ?? '', this.#url).href;
  }

  #part(found: Map<string, string>): void {
    const { msn, parts } = this.#growing;
    const durationS = Number(found.get('DURATION'));
    parts.push({ url: this.#absolute(found.get('URI')), durationS, msn, index: parts.length });
  }

  #segment(uri: string): void {
    const done = { ...this.#growing, url: this.#absolute(uri) };
    this.#segments.push(done);
    this.#growing = { url: '', durationS: 0, msn: done.msn + 1, programDateTime: undefined, parts: [] };
  }
}
