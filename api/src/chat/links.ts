import { LinkifyIt } from 'linkify-it';

/** Endings of names that are taken for links without `http://`, beside those of countries and the oldest ones. */
const ENDINGS = [
  ...['app', 'bet', 'blog', 'casino', 'chat', 'click', 'club', 'dev', 'fun', 'icu', 'link', 'live', 'online', 'onion'],
  ...['page', 'porn', 'sbs', 'sex', 'shop', 'site', 'space', 'store', 'stream', 'tech', 'top', 'vip', 'website', 'win'],
  ...['world', 'xyz', 'zip'],
];

const finder = new LinkifyIt({ fuzzyLink: true, fuzzyIP: true }).tlds(ENDINGS, true);

/** Whether a text holds what people can follow: an address of a page, with `http://` or without. */
export function holdsLink(text: string): boolean {
  const plain = text
    .normalize('NFKC')
    .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '')
    .replaceAll(/[。｡]/gu, '.');
  return finder.test(plain);
}
