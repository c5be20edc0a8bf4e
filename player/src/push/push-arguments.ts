import { parseArgs } from 'node:util';
import { SLUG_PATTERN, STREAM_KEY_PATTERN } from '@awaz/infra/contract';

/** What the push command was asked to do. */
export type PushArguments = {
  /** Path of the file, or `-` for standard input. */
  file: string;
  station: string;
  /** Addresses of the nodes of one server, like `https://radio.example`; the next is tried when one does not answer. */
  servers: [string, ...string[]];
  key: string;
  /** Begin again at the end of the file, until stopped. */
  loop: boolean;
  /** Take the station from another publisher. */
  takeover: boolean;
  /** MIME type, when it was given. */
  type: string | undefined;
};

/** Values that come from the environment. */
export type PushDefaults = { key: string | undefined; server: string };

/** Thrown when the command line cannot be understood; the message says what to change. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** Text of `--help`. */
export const HELP = `Sends an audio file to a station in real time, as if it were played there now.

  npm run push -- FILE --station SLUG [options]
  … | npm run --silent push -- - --station SLUG [options]

  FILE              WebM, Ogg (Opus, Vorbis, FLAC), AAC, MP3, WAV, or fragmented MP4; - reads standard input
  --station SLUG    the station to send to
  --key KEY         its stream key; or set AWAZ_STREAM_KEY (then it is not in the list of processes)
  --server URL      the server (default: PUBLIC_URL, or http://localhost:PORT); given more than once: its nodes, the
                    next one is tried when one does not answer
  --loop            begin again at the end of the file
  --type MIME       what the bytes are, when that cannot be guessed, like "audio/l16;rate=48000;channels=2"
  --takeover        take the station from whoever is on air
  --help            this text

After a cut it goes on where the server stopped; up to 60 s of audio are kept meanwhile. Ctrl-C ends the broadcast after
the last of the audio has arrived, a second Ctrl-C at once (the server then waits 60 s for you to come back).

Exit codes: 0 ended as asked · 1 the server refused, or the broadcast failed · 2 wrong arguments or unusable audio
            3 the server cannot be reached · 130 stopped before the end was delivered
`;

const OPTIONS = {
  station: { type: 'string' },
  server: { type: 'string', multiple: true },
  key: { type: 'string' },
  type: { type: 'string' },
  loop: { type: 'boolean', default: false },
  takeover: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Reads the command line; `help` when that was asked for. Throws a {@link UsageError} that names what is wrong. */
export function parsePushArguments(argv: readonly string[], defaults: PushDefaults): PushArguments | 'help' {
  const { values, positionals } = parse(argv);
  if (values.help) return 'help';
  const [file, ...rest] = positionals;
  if (file === undefined)
    throw new UsageError('No FILE was given. Give the path of an audio file, or - for standard input.');
  if (rest.length > 0) throw new UsageError(`One FILE can be sent at a time, but also "${rest[0]}" was given.`);
  if (file === '-' && values.loop) throw new UsageError('--loop needs a file: standard input cannot begin again.');
  const { station, type, loop, takeover } = values;
  return {
    file,
    station: checkStation(station),
    servers: checkServers(values.server ?? [defaults.server]),
    key: checkKey(values.key ?? defaults.key),
    loop,
    takeover,
    type,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function checkStation(station: string | undefined): string {
  if (station === undefined) throw new UsageError('No station was given. Add --station SLUG.');
  if (!SLUG_PATTERN.test(station)) {
    throw new UsageError(
      `"${station}" is not the slug of a station: lower-case letters, digits and hyphens, like radio-lahore.`,
    );
  }
  return station;
}

function checkKey(key: string | undefined): string {
  if (key === undefined) {
    throw new UsageError(
      'No stream key was given. Add --key KEY or set AWAZ_STREAM_KEY; `npm run station -- key SLUG` makes one.',
    );
  }
  if (!STREAM_KEY_PATTERN.test(key)) {
    throw new UsageError('That is not a stream key: a key has 32 lower-case letters and digits.');
  }
  return key;
}

function checkServers([first = '', ...others]: readonly string[]): [string, ...string[]] {
  return [checkServer(first), ...others.map(checkServer)];
}

function checkServer(server: string): string {
  const isUrl = /^(https?|wss?):\/\//i.test(server) && URL.canParse(server);
  if (!isUrl) throw new UsageError(`"${server}" is not the address of a server, like https://radio.example.`);
  return server;
}
