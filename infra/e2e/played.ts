import { type FetchedRendition, followRendition, variantsOf } from './hls-reader.ts';
import { decodeAudio, lagOf, onsetOf, type Pcm, snrDb } from './pcm.ts';
import { pushSimply, type SimplePush } from './simple-push.ts';

/** Samples in an AAC frame. */
const FRAME = 1024;

/** Where a broadcast's own first sample lies in what is heard: behind three segments of filler and the encoder's priming. */
export const PLACE_OF_FIRST_SAMPLE = 3 * 90 * FRAME + FRAME;

/** A broadcast as it was pushed and fetched. */
export type Followed = { firstByteAt: number; renditions: FetchedRendition[] };

/** A broadcast beside what an outside decoder makes of the pushed bytes. */
export type Played = Followed & {
  reference: Pcm;
  /** Each rendition, decoded from its segments. */
  decoded: Pcm[];
  /** For each rendition: how many samples later than in the reference the sound is, at several places of it. */
  lags: number[][];
};

/** Places at which lags are looked for, as shares of the whole, and how much sound is compared there, in samples. */
const LOOKED_AT = { places: [0.05, 0.2, 0.4, 0.6, 0.75, 0.9], length: 4800 };

/** Pushes a stream in real time and follows all renditions to their end, as players would. */
export async function pushAndFollow(push: SimplePush): Promise<Followed> {
  const pushing = pushSimply(push);
  const listening = variantsOf(push.server, push.station.slug).then((variants) =>
    Promise.all(variants.map((variant) => followRendition(variant))),
  );
  const [{ firstByteAt }, renditions] = await Promise.all([pushing, listening]);
  return { firstByteAt, renditions };
}

/** Decodes what was fetched and finds the pushed sound in it. */
export async function listenBack(followed: Followed, reference: Pcm): Promise<Played> {
  const decoded: Pcm[] = [];
  for (const { init, segments } of followed.renditions) {
    decoded.push(await decodeAudio(Buffer.concat([init, ...segments.map(({ bytes }) => bytes)]), 'mp4'));
  }
  return { ...followed, reference, decoded, lags: decoded.map((pcm) => lagsOf(reference, pcm)) };
}

/** The left channel. */
export function left(pcm: Pcm | undefined): Float32Array {
  return pcm?.channels[0] ?? new Float32Array();
}

function lagsOf(reference: Pcm, found: Pcm): number[] {
  let search = { around: onsetOf(left(found)) - onsetOf(left(reference)), within: 1500 };
  return LOOKED_AT.places.map((place) => {
    const from = Math.floor(place * left(reference).length);
    const lag = lagOf(reference, found, { from, length: LOOKED_AT.length, ...search });
    search = { around: lag, within: 200 }; // what has moved is not found there, and then the lags differ
    return lag;
  });
}

/** The worst signal-to-noise ratio of both channels of the best rendition, in dB. */
export function worstSnrDb({ reference, decoded, lags }: Played): number {
  const best = decoded.at(-1);
  const span = { lag: lags.at(-1)?.[0] ?? 0, from: 4800, to: left(reference).length - 4800 };
  const ratios = [0, 1].map((channel) =>
    snrDb(reference.channels[channel] ?? new Float32Array(), best?.channels[channel] ?? new Float32Array(), span),
  );
  return Math.min(...ratios);
}

/** Programme date-time of the pushed sound's first sample minus when its first byte was sent, in ms. */
export function dateErrorMs({ renditions, lags, firstByteAt }: Played): number {
  const start = renditions[0]?.segments[0]?.listed.programDateTime ?? Number.NaN;
  return start + (lags[0]?.[0] ?? Number.NaN) / 48 - firstByteAt;
}
