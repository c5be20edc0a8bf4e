import type { Need } from '../check.ts';

/** Where a native player finds the stream, and where it writes its sound: mono, 48 kHz, 32-bit floats, little endian. */
export type NativeCall = { url: string; sound: string };

/** A player that is a program of its own. */
export type NativePlayer = {
  need: Need;
  /** What else has to be installed beside the program. */
  alsoNeeds: readonly Need[];
  /** How it is told to play. */
  args(call: NativeCall): readonly string[];
  /** Lines that it prints whatever the server does. */
  ownNoise: RegExp;
  /** How another user than root runs it: what comes before its name. */
  asNobody?: readonly string[];
};

/** VLC refuses to run as root. */
const AS_NOBODY =
  process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--no-new-privs'] : [];

/** The command line of a player: its program, and the arguments. */
export function commandOf(player: NativePlayer, call: NativeCall): readonly string[] {
  return [...(player.asNobody ?? []), player.need.program, ...player.args(call)];
}

/** Everything that has to be installed for a player. */
export function needsOf({ need, alsoNeeds, asNobody = [] }: NativePlayer): readonly Need[] {
  const [program, ...args] = [...asNobody, need.program];
  return [{ ...need, program: program ?? need.program, versionArgs: [...args, ...need.versionArgs] }, ...alsoNeeds];
}

/** All players that are tried as programs. */
export const NATIVE_PLAYERS = {
  ffmpeg: {
    need: { program: 'ffmpeg', debian: 'ffmpeg', versionArgs: ['-version'] },
    alsoNeeds: [],
    args: ({ url, sound }) => [
      ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'warning', '-i', url],
      ...['-vn', '-ac', '1', '-ar', '48000', '-f', 'f32le', '-y', sound],
    ],
    // It asks for the init section anew after each reload of a live playlist.
    ownNoise: /Found duplicated MOOV Atom|Last message repeated/,
  },
  mpv: {
    need: { program: 'mpv', debian: 'mpv', versionArgs: ['--version'] },
    alsoNeeds: [],
    args: ({ url, sound }) => [
      ...['--no-config', '--no-video', '--no-input-terminal', '--term-status-msg=', '--msg-level=all=warn'],
      ...['--ao=pcm', `--ao-pcm-file=${sound}`, '--ao-pcm-waveheader=no'],
      ...['--audio-format=float', '--audio-samplerate=48000', '--audio-channels=mono', url],
    ],
    ownNoise: /Found duplicated MOOV Atom|Last message repeated/,
  },
  gstreamer: {
    need: { program: 'gst-launch-1.0', debian: 'gstreamer1.0-tools', versionArgs: ['--version'] },
    alsoNeeds: [
      ...[
        { element: 'hlsdemux2', debian: 'gstreamer1.0-plugins-good' },
        { element: 'aacparse', debian: 'gstreamer1.0-plugins-good' },
        { element: 'avdec_aac', debian: 'gstreamer1.0-libav' },
      ].map(({ element, debian }) => ({
        program: 'gst-inspect-1.0',
        debian: `gstreamer1.0-tools ${debian}`,
        versionArgs: ['--exists', element],
      })),
    ],
    args: ({ url, sound }) => [
      ...['-q', 'playbin3', `uri=${url}`],
      `audio-sink=audioconvert ! audioresample ! audio/x-raw,format=F32LE,rate=48000,channels=1 ! filesink location=${sound} sync=true buffer-mode=unbuffered`,
    ],
    ownNoise: /^$/,
  },
  vlc: {
    need: { program: 'cvlc', debian: 'vlc-bin vlc-plugin-base', versionArgs: ['--version'] },
    alsoNeeds: [],
    args: ({ url, sound }) => [
      ...['--no-video', '--no-interact', '--no-color', '--quiet', '--play-and-exit'],
      ...['--aout=afile', `--audiofile-file=${sound}`, '--audiofile-format=float32'],
      ...['--audiofile-channels=1', '--no-audiofile-wav', url],
    ],
    ownNoise: /^VLC media player/,
    asNobody: AS_NOBODY,
  },
} as const satisfies Record<string, NativePlayer>;
