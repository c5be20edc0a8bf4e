import process from 'node:process';
import { AwazError, type ErrorCode, listenPath, parseIngestFormat } from '@awaz/infra/contract';
import { loadDotEnv, parseEnv, pushEnv } from '@awaz/infra/runtime';
import { WebSocket } from 'ws';
import { IngestClient } from '../ingest-client/index.ts';
import { type AudioSource, openAudioSource } from './audio-source.ts';
import { readFileTags } from './file-tags.ts';
import { guessMediaType } from './media-type.ts';
import { ProgressReporter } from './progress-reporter.ts';
import { HELP, type PushArguments, parsePushArguments, UsageError } from './push-arguments.ts';
import { type PushEnd, PushSession } from './push-session.ts';

const EXIT = { ended: 0, failed: 1, usage: 2, unreachable: 3, interrupted: 130 } as const;

async function main(): Promise<number> {
  try {
    loadDotEnv();
    const env = parseEnv(pushEnv);
    const server = env.PUBLIC_URL ?? `http://localhost:${env.PORT}`;
    const options = parsePushArguments(process.argv.slice(2), { key: env.AWAZ_STREAM_KEY, server });
    if (options === 'help') {
      process.stdout.write(HELP);
      return EXIT.ended;
    }
    return await push(options);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    const isUsage = error instanceof UsageError || (error instanceof AwazError && error.code !== 'internal');
    return isUsage ? EXIT.usage : EXIT.failed;
  }
}

async function push(options: PushArguments): Promise<number> {
  const { station, servers, key, takeover, loop } = options;
  const source = await openAudioSource(options.file, process.stdin);
  const format = parseIngestFormat(options.type ?? typeOf(source));
  const client = new IngestClient({
    servers,
    station,
    key,
    takeover,
    openSocket: (url) => new WebSocket(url),
    whenOver: 'begin_new',
  });
  const tags = options.file === '-' ? undefined : await readFileTags(options.file);
  if (tags !== undefined) client.setTitle({ track: tags });
  const note = (text: string) => reporter.note(text);
  const session = new PushSession({ client, source, format, loop, note });
  const reporter = new ProgressReporter(process.stdout, () => session.progress);
  const unhook = onInterrupt(note, session, client);
  note(`Sending ${source.name} (${format.mime}) to ${new URL(listenPath(station), servers[0]).href}`);
  try {
    return report(await session.run(), options);
  } catch (error) {
    throw explain(error, source);
  } finally {
    unhook();
    reporter.close();
    client.close();
  }
}

function typeOf(source: AudioSource): string {
  const guess = guessMediaType(source.probe, source.name);
  if (guess.kind === 'type') return guess.mime;
  if (guess.kind === 'refused') throw new UsageError(`${source.name} ${guess.why}. ${conversionOf(source)}`);
  throw new UsageError(`What ${source.name} holds cannot be told. Say it by --type, like --type audio/mpeg.`);
}

function conversionOf({ name }: AudioSource): string {
  const stem = name.replace(/\.[^.]*$/, '');
  return `Convert it first:\n  ffmpeg -i "${name}" -vn -c:a aac -b:a 256k "${stem}.aac"`;
}

/** Media errors with the name of the source and the way out. */
function explain(error: unknown, source: AudioSource): unknown {
  if (!(error instanceof AwazError) || error.code !== 'bad_media') return error;
  return new UsageError(`${source.name}: ${error.message}\n${conversionOf(source)}`);
}

const HINTS: Partial<Record<ErrorCode, string>> = {
  station_busy: 'Add --takeover to take the station from them.',
  bad_key: '`npm run station -- key SLUG` makes a new key.',
  key_revoked: '`npm run station -- key SLUG` makes a new key.',
  unknown_station: '`npm run station -- list` lists them, `npm run station -- add SLUG` makes one.',
};

function report(end: PushEnd, { servers }: PushArguments): number {
  const say = (text: string) => process.stderr.write(`${text}\n`);
  if (end.kind === 'ended') return EXIT.ended;
  if (end.kind === 'stopped_before_air') return EXIT.interrupted;
  if (end.kind === 'unconfirmed') {
    say('The server did not confirm the end; it ends the broadcast by itself after 60 s.');
    return EXIT.failed;
  }
  if (end.kind === 'ended_by_server') {
    say(`The server ended the broadcast (${end.reason}).`);
    return EXIT.failed;
  }
  const { code, message } = end.problem;
  if (end.kind === 'refused') say(`${message.replace(/\.?$/, '.')} ${(code && HINTS[code]) ?? ''}`.trim());
  else
    say(
      `${servers.join(', ')} cannot be reached. Is the server running (npm start), and is this its address? --server changes it.`,
    );
  return end.kind === 'refused' ? EXIT.failed : EXIT.unreachable;
}

/** The first signal ends politely, the second at once. */
function onInterrupt(note: (text: string) => void, session: PushSession, client: IngestClient): () => void {
  let asked = false;
  const interrupt = () => {
    if (asked) {
      client.close();
      process.exit(EXIT.interrupted);
    }
    asked = true;
    note('Ending the broadcast… (once more to leave at once)');
    session.stop();
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  return () => process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
}

process.exitCode = await main();
