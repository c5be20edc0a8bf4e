import { ACCOUNT_ID_PATTERN, type ChatAuthor, type ChatMessage } from '@awaz/infra/contract';

/** Whom somebody means: by address, by account, or not to be told. */
export type PersonWish = { email: string } | { account: string } | { fault: 'empty' | 'nobody' | 'several' };

/** Those with an account who wrote in a chat, the latest first, each once, without those that `isKnown` holds for. */
export function writersOf(messages: readonly ChatMessage[], isKnown: (id: string) => boolean): ChatAuthor[] {
  const authors = messages.toSorted((a, b) => b.at - a.at).map(({ author }) => author);
  const byId = new Map<string, ChatAuthor>();
  for (const author of authors) {
    if (ACCOUNT_ID_PATTERN.test(author.id) && !isKnown(author.id) && !byId.has(author.id)) byId.set(author.id, author);
  }
  return [...byId.values()];
}

/** Finds out whom a text means: an address, or the name of one of those who wrote in the chat. */
export function personOf(text: string, writers: readonly ChatAuthor[]): PersonWish {
  const wish = text.trim();
  if (wish === '') return { fault: 'empty' };
  if (wish.includes('@')) return { email: wish };
  const name = folded(wish);
  const [writer, ...others] = writers.filter((one) => folded(one.name) === name);
  if (writer === undefined) return { fault: 'nobody' };
  return others.length > 0 ? { fault: 'several' } : { account: writer.id };
}

function folded(name: string): string {
  return name.normalize('NFKC').toLocaleLowerCase();
}
