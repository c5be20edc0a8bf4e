/** Chat of stations: messages, their history, what is allowed, and moderation. Knows no transport. */
export { Chat, type ChatOptions, type NewMessage } from './chat.ts';
export type { HistoryPage, KeptMessage } from './chat-history.ts';
export { HISTORY_MS, MAX_HISTORY_MESSAGES, MAX_REMEMBERED_PEOPLE, RECENT_MESSAGES } from './chat-limits.ts';
export { type ChatServices, type ChatServicesOptions, createChatServices } from './chat-services.ts';
export { chatText, countCharacters } from './chat-text.ts';
export { foldText, foldTwins } from './fold-text.ts';
export { holdsLink } from './links.ts';
export { heardMediaTime, MAX_MEDIA_AGE_MS, MAX_MEDIA_AHEAD_MS } from './media-time.ts';
export { AUTHOR_DELETES_WITHIN_MS, MessageDeletion } from './message-deletion.ts';
export type { ModerationRecorder } from './moderation-log.ts';
export { MAX_REPORTERS, MAX_REPORTS, type ReportPage, Reports } from './reports.ts';
export { MAX_RESTRICTIONS } from './restriction-records.ts';
export { type NewRestriction, type RestrictionPage, type RestrictionPlace, Restrictions } from './restrictions.ts';
export { type ChatSettingsChanges, SettingsStore } from './settings-store.ts';
export { type AddressKey, authorOf, isStaff, type Speaker } from './speaker.ts';
export { WordFilter } from './word-filter.ts';
