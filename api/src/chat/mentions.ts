import { chatKeys, type RedisHandle } from '@awaz/infra/redis';

/** Most people that one message mentions; further ones are text only. */
export const MAX_MENTIONS = 10;

/** People who wrote last, among whom a name is looked for. */
const RECENT_PEOPLE = 200;

/** Somebody who wrote lately. */
export type RecentPerson = { id: string; name: string };

/** Who wrote lately, the last one first. */
export async function recentPeople({ commands }: RedisHandle, station: string): Promise<RecentPerson[]> {
  const { people, spoke } = chatKeys(station);
  const ids = await commands.zrevrange(spoke, 0, RECENT_PEOPLE - 1);
  if (ids.length === 0) return [];
  const records = await commands.hmget(people, ...ids);
  return ids.flatMap((id, index) => {
    const text = records[index];
    return text == null ? [] : [{ id, name: String(JSON.parse(text).name) }];
  });
}

/**
 * Ids of those whose name follows an `@` in the text, whole and whatever its capitals; of several with one name who wrote
 * last. A longer name goes before a shorter one that it begins with.
 */
export function mentionsIn(text: string, people: readonly RecentPerson[]): string[] {
  const lower = text.toLowerCase();
  const found = new Set<string>();
  for (const { index } of lower.matchAll(/(?<![\p{L}\p{M}\p{N}])@(?=\S)/gu)) {
    const rest = lower.slice(index + 1);
    const named = people.filter(({ name }) => isNamed(rest, name.toLowerCase()));
    const longest = Math.max(0, ...named.map(({ name }) => name.length));
    const id = named.find(({ name }) => name.length === longest)?.id;
    if (id !== undefined) found.add(id);
    if (found.size >= MAX_MENTIONS) break;
  }
  return [...found];
}

function isNamed(rest: string, name: string): boolean {
  return name !== '' && rest.startsWith(name) && !/^[\p{L}\p{M}\p{N}]/u.test(rest.slice(name.length));
}
