import { AwazError, listenPath, multivariantPath, PROFILE_NAMES, signInPath, studioPath } from '@awaz/infra/contract';
import { type AccountStore, adminLink, firstAdminLink, type OneTimeLinks } from '../accounts/index.ts';
import type { StreamKeyRecord } from '../auth/index.ts';
import type { StationStore } from './station-store.ts';

/** What the options of one call say. */
export type CommandOptions = {
  title?: string;
  profile?: string;
  label?: string;
  'if-missing'?: boolean;
  yes?: boolean;
};

/** Everything a command works with. */
export type CommandContext = {
  stations: StationStore;
  accounts: AccountStore;
  links: OneTimeLinks;
  /** Whether the environment names the first administrator. */
  namesAdmin: boolean;
  /** Where the server is reached, without a slash at the end. */
  publicUrl: string;
  options: CommandOptions;
  /** Asks the person at the terminal; false when there is nobody to ask. */
  confirm: (question: string) => Promise<boolean>;
};

/** What a command has to say: once for programs, once for people. */
export type CommandAnswer = { json: unknown; text: string };

/** A command: its arguments after the name, what it does. */
export type Command = {
  /** Names of the arguments it needs. */
  args: readonly string[];
  /** One line for `--help`. */
  summary: string;
  run(context: CommandContext, args: string[]): Promise<CommandAnswer>;
};

/** Name of the station that a first run makes. */
const FIRST_STATION = { slug: 'my-station', title: 'My station' };

async function freshKey({ stations, publicUrl, options }: CommandContext, slug: string) {
  const { key, record } = await stations.addKey(slug, options.label);
  return {
    station: slug,
    key,
    keyId: record.id,
    listenUrl: `${publicUrl}${listenPath(slug)}`,
    playlistUrl: `${publicUrl}${multivariantPath(slug)}`,
    studioUrl: `${publicUrl}${studioPath(slug, key)}`,
  };
}

function keyText(fresh: Awaited<ReturnType<typeof freshKey>>): string {
  return [
    `Station     ${fresh.station}`,
    `Listen      ${fresh.listenUrl}`,
    `Playlist    ${fresh.playlistUrl}`,
    `Studio      ${fresh.studioUrl}`,
    `Stream key  ${fresh.key}   (id ${fresh.keyId}; shown this once, only its hash is kept)`,
  ].join('\n');
}

async function addStation(context: CommandContext, slug: string): Promise<CommandAnswer> {
  const { title, profile, 'if-missing': ifMissing } = context.options;
  let created = true;
  try {
    await context.stations.add({ slug, title, profile });
  } catch (error) {
    if (!ifMissing || !(error instanceof AwazError) || error.code !== 'station_exists') throw error;
    created = false;
  }
  const fresh = await freshKey(context, slug);
  return { json: { ...fresh, created }, text: keyText(fresh) };
}

function keyRow({ id, label, createdAt, lastUsedAt, revokedAt }: StreamKeyRecord): string[] {
  const time = (ms: number | undefined) => (ms === undefined ? '-' : new Date(ms).toISOString().slice(0, 16));
  const isOver = revokedAt !== undefined && revokedAt <= Date.now();
  const state = revokedAt === undefined ? 'active' : isOver ? 'revoked' : `until ${time(revokedAt)}`;
  return [id, label || '-', time(createdAt), time(lastUsedAt), state];
}

/** Columns of equal width. */
function table(rows: string[][]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

async function setStation({ stations, options }: CommandContext, slug: string): Promise<CommandAnswer> {
  const { title, profile } = options;
  if (title === undefined && profile === undefined) {
    throw new AwazError('bad_request', `Nothing was changed. Give "${slug}" a --title or a --profile.`);
  }
  const changed = await stations.change(slug, { title, profile });
  const rows = [
    `Station     ${slug}`,
    `Title       ${changed.title}`,
    `Profile     ${changed.profile ?? 'default'}${profile === undefined ? '' : '   (from the next broadcast on)'}`,
  ];
  return { json: changed, text: rows.join('\n') };
}

async function removeStation({ stations, options, confirm }: CommandContext, slug: string): Promise<CommandAnswer> {
  const question = `Remove station "${slug}" with all its stream keys and end its broadcast?`;
  if (!options.yes && !(await confirm(question))) {
    throw new AwazError('bad_request', `Nothing was removed. Answer yes, or give --yes, to remove "${slug}".`);
  }
  await stations.remove(slug);
  return { json: { removed: slug }, text: `Removed ${slug}.` };
}

async function giveStation(
  { stations, accounts }: CommandContext,
  slug: string,
  email: string,
): Promise<CommandAnswer> {
  const account = await accounts.byEmail(email.trim().toLowerCase());
  if (account === undefined) throw new AwazError('not_found', `There is no account with the address "${email}".`);
  await stations.give(slug, account.id);
  await accounts.makeOwner(account.id);
  return {
    json: { station: slug, ownerId: account.id },
    text: `Station ${slug} belongs to ${account.name} (${account.email}).`,
  };
}

/** Makes the first station and a link for the first administrator, as far as there are none. */
async function firstRun(context: CommandContext): Promise<CommandAnswer> {
  const { stations, accounts, links, namesAdmin } = context;
  const signInToken = namesAdmin ? undefined : await firstAdminLink(accounts, links);
  const signIn = signInToken === undefined ? {} : { signInToken };
  if ((await stations.list()).length > 0) return { json: signIn, text: JSON.stringify(signIn) };
  await stations.add(FIRST_STATION);
  const { station, key } = await freshKey(context, FIRST_STATION.slug);
  const made = { station, key, ...signIn };
  return { json: made, text: JSON.stringify(made) };
}

/** All commands of `npm run station`, by name. */
export const COMMANDS: Record<string, Command> = {
  add: {
    args: ['SLUG'],
    summary:
      'Makes a station and its first stream key. --title "…" --profile …; --if-missing: only a fresh key if it exists.',
    run: (context, [slug = '']) => addStation(context, slug),
  },
  set: {
    args: ['SLUG'],
    summary: `Changes a station. --title "…"; --profile ${PROFILE_NAMES.join('|')}|default, from the next broadcast on.`,
    run: (context, [slug = '']) => setStation(context, slug),
  },
  list: {
    args: [],
    summary: 'Lists all stations.',
    async run({ stations, publicUrl }) {
      const all = await stations.list();
      const rows = all.map(({ slug, title, profile = 'default' }) => [
        slug,
        title,
        profile,
        `${publicUrl}${listenPath(slug)}`,
      ]);
      const text =
        rows.length === 0 ? 'There is no station yet.' : table([['SLUG', 'TITLE', 'PROFILE', 'LISTEN'], ...rows]);
      return { json: { stations: all }, text };
    },
  },
  key: {
    args: ['SLUG'],
    summary: 'Makes another stream key. --label "…" tells what it is for.',
    async run(context, [slug = '']) {
      const fresh = await freshKey(context, slug);
      return { json: fresh, text: keyText(fresh) };
    },
  },
  keys: {
    args: ['SLUG'],
    summary: 'Lists the stream keys of a station; the keys themselves are not kept.',
    async run({ stations }, [slug = '']) {
      const records = await stations.streamKeys(slug);
      if (records === undefined) throw new AwazError('unknown_station', `There is no station "${slug}".`);
      const header = ['ID', 'LABEL', 'CREATED', 'LAST USED', 'STATE'];
      return {
        json: { station: slug, keys: records.map(({ hash: _, ...shown }) => shown) },
        text: table([header, ...records.map(keyRow)]),
      };
    },
  },
  revoke: {
    args: ['SLUG', 'KEYID'],
    summary: 'Revokes a stream key; who publishes with it is cut off.',
    async run({ stations }, [slug = '', keyId = '']) {
      await stations.revokeKey(slug, keyId);
      return { json: { station: slug, revoked: keyId }, text: `Revoked key ${keyId} of ${slug}.` };
    },
  },
  owner: {
    args: ['SLUG', 'EMAIL'],
    summary: 'Gives a station to the account with this address.',
    run: (context, [slug = '', email = '']) => giveStation(context, slug, email),
  },
  'admin-link': {
    args: [],
    summary: 'Makes a new administrator and prints a link that signs in once, within a day.',
    async run({ accounts, links, publicUrl }) {
      const signInUrl = `${publicUrl}${signInPath(await adminLink(accounts, links))}`;
      return { json: { signInUrl }, text: `Sign in  ${signInUrl}   (once, within a day)` };
    },
  },
  remove: {
    args: ['SLUG'],
    summary: 'Removes a station and ends its broadcast. Asks first; --yes does not.',
    run: (context, [slug = '']) => removeStation(context, slug),
  },
  'first-run': {
    args: [],
    summary: `Makes the station "${FIRST_STATION.slug}" if there is none at all, and a sign-in link if there is no administrator.`,
    run: firstRun,
  },
};
