/** Likes of broadcasts, counted without a write for each. Knows no transport. */
export { LIKE_ALLOWANCES } from './like-allowances.ts';
export { LIKE_SPAN_MS, type LikeSpan, MAX_LIKE_SPANS } from './like-ledger.ts';
export { type Liker, Likes, type LikesOptions, WRITE_EVERY_MS } from './likes.ts';
export type { LikeListener } from './station-likes.ts';
