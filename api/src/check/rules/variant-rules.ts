import type { VariantStream } from '@awaz/transcoder/hls';
import { isWhole, type OriginView, secondsText } from '../origin-view.ts';
import type { Evidence, Look, Rule } from '../rule.ts';
import { isAudioCodec, isAudioOnly, listedCodecs } from './codecs.ts';
import { unless } from './looks.ts';
import { attributesOf } from './tags.ts';

/** Rules about what the multivariant playlist says of its variants (checklist 52). */
export const VARIANT_RULES: readonly Rule[] = [
  {
    id: '52a',
    level: 'MUST',
    title: 'CODECS lists every format that the media hold (Apple 9.1: always there)',
    needs: 'variant',
    look: (view) => variants(view, (variant, rendition) => judgeCodecs(view, variant, rendition)),
  },
  {
    id: '52b',
    level: 'MUST',
    title: 'BANDWIDTH is no less than the peak of the bytes sent (live, Apple 1.29: 125 % of it at most)',
    needs: 'variant of which segments were loaded',
    look: (view) =>
      variants(view, (variant, rendition) => {
        const { peak } = measured(view, rendition);
        return peak === undefined
          ? 'nothing'
          : unless(peak <= variant.bandwidth * 1.25, () =>
              said(view, `BANDWIDTH=${variant.bandwidth}, measured ${Math.round(peak)}`, variant),
            );
      }),
  },
  {
    id: '52c',
    level: 'SHOULD',
    title: 'BANDWIDTH is exceeded by no segment',
    needs: 'variant of which segments were loaded',
    look: (view) =>
      variants(view, (variant, rendition) => {
        const { peak } = measured(view, rendition);
        return peak === undefined
          ? 'nothing'
          : unless(peak <= variant.bandwidth * 1.001, () =>
              said(view, `BANDWIDTH=${variant.bandwidth}, measured ${Math.round(peak)}`, variant),
            );
      }),
  },
  {
    id: '52d',
    level: 'SHOULD',
    title: 'AVERAGE-BANDWIDTH is within 10 % of the bytes sent',
    needs: 'variant with AVERAGE-BANDWIDTH of which 10 s of segments were loaded',
    look: (view) =>
      variants(view, (variant, rendition) => {
        const { average, seconds } = measured(view, rendition);
        const told = variant.averageBandwidth;
        if (average === undefined || told === undefined || seconds < 10) return 'nothing';
        return unless(Math.abs(average - told) <= told * 0.1, () =>
          said(
            view,
            `AVERAGE-BANDWIDTH=${told}, measured ${Math.round(average)} over ${secondsText(seconds)}`,
            variant,
          ),
        );
      }),
  },
  {
    id: '52e',
    level: 'SHOULD',
    title: 'A variant of audio alone has no RESOLUTION',
    needs: 'variant of audio alone',
    look: (view) => {
      if (view.multivariant === undefined) return [];
      return attributesOf(view.multivariant, '#EXT-X-STREAM-INF')
        .filter((attributes) =>
          (attributes.get('CODECS') ?? 'video').split(',').every((codec) => isAudioCodec(codec.trim())),
        )
        .map((attributes) =>
          unless(!attributes.has('RESOLUTION'), () => ({
            detail: `RESOLUTION=${attributes.get('RESOLUTION')}`,
            url: view.url,
          })),
        );
    },
  },
  {
    id: '52f',
    level: 'SHOULD',
    title: 'There is a variant of stereo AAC (Apple 2.3)',
    needs: 'rendition of audio with an init section',
    look: (view) => {
      const audio = view.tracks.flat().filter(({ handler }) => handler === 'soun');
      const isThere = audio.some(({ codec, channels }) => codec.startsWith('mp4a') && channels === 2);
      return audio.length === 0
        ? []
        : [
            unless(isThere, () => ({
              detail: `there is ${audio.map(({ codec, channels }) => `${codec} with ${channels} channels`).join(', ')}`,
            })),
          ];
    },
  },
  {
    id: '52g',
    level: 'SHOULD',
    title: 'HE-AAC is not used above 64 kbit/s (Apple 2.4)',
    needs: 'HE-AAC variant',
    look: (view) =>
      variants(view, (variant, rendition) => {
        const isHigh = listedCodecs(view, rendition).some((codec) => codec === 'mp4a.40.5' || codec === 'mp4a.40.29');
        return isHigh && isAudioOnly(view, rendition)
          ? unless((variant.averageBandwidth ?? variant.bandwidth) <= 80_000, () =>
              said(view, `BANDWIDTH=${variant.bandwidth}`, variant),
            )
          : 'nothing';
      }),
  },
  {
    id: '52h',
    level: 'SHOULD',
    title: 'There is a variant with a peak of at most 192 kbit/s (Apple 9.21)',
    needs: 'variant',
    look: (view) => {
      const all = view.renditions.flatMap(({ variant }) => variant ?? []);
      const least = Math.min(...all.map(({ bandwidth }) => bandwidth));
      return all.length === 0
        ? []
        : [unless(least <= 192_000, () => ({ detail: `the lowest has BANDWIDTH=${least}`, url: view.url }))];
    },
  },
];

/** Looks at each rendition that a variant names; `nothing`: there is nothing to look at. */
function variants(view: OriginView, look: (variant: VariantStream, rendition: number) => Look | 'nothing'): Look[] {
  return view.renditions.flatMap(({ variant }, rendition) => {
    const seen = variant === undefined ? 'nothing' : look(variant, rendition);
    return seen === 'nothing' ? [] : [seen];
  });
}

function said(view: OriginView, detail: string, { uri }: VariantStream): Evidence {
  const line = view.multivariant?.lines.find((candidate) => candidate.kind === 'uri' && candidate.uri === uri)?.line;
  return { detail, url: view.url, at: view.first.endedAt, ...(line === undefined ? {} : { line: line - 1 }) };
}

function judgeCodecs(view: OriginView, variant: VariantStream, rendition: number): Look | 'nothing' {
  const listed = listedCodecs(view, rendition);
  if (listed.length === 0) return said(view, 'there is no CODECS', variant);
  const held = (view.tracks[rendition] ?? []).map(({ codec }) => codec.toLowerCase());
  const missing = held.filter((codec) => !listed.some((name) => isCodec(name.toLowerCase(), codec)));
  return unless(missing.length === 0, () =>
    said(view, `CODECS="${listed.join(',')}", the init section has ${missing.join(', ')}`, variant),
  );
}

/** Whether a listed name is that of a codec; of some codecs the init section tells only the beginning. */
function isCodec(listed: string, codec: string): boolean {
  return listed === codec || listed.startsWith(`${codec}.`) || codec.startsWith(`${listed}.`);
}

/** Bit rates of the segments that were loaded, in bit/s. */
function measured(view: OriginView, rendition: number): { peak?: number; average?: number; seconds: number } {
  const targetDuration = view.latest.find((snapshot) => snapshot.rendition === rendition)?.playlist.targetDuration ?? 0;
  const segments = view.media.filter(
    (fetch) => fetch.kind === 'segment' && fetch.rendition === rendition && fetch.errand === 'listed' && isWhole(fetch),
  );
  const sizes = segments.flatMap(({ exchange, durationSeconds = 0 }) =>
    // RFC 8216bis 4.1: the peak is that of segments that last between 0.5 and 1.5 target durations.
    durationSeconds >= targetDuration / 2 ? [{ bits: exchange.body.length * 8, seconds: durationSeconds }] : [],
  );
  if (sizes.length === 0) return { seconds: 0 };
  const seconds = sizes.reduce((sum, size) => sum + size.seconds, 0);
  const bits = sizes.reduce((sum, size) => sum + size.bits, 0);
  return { peak: Math.max(...sizes.map((size) => size.bits / size.seconds)), average: bits / seconds, seconds };
}
