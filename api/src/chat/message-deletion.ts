import { AwazError } from '@awaz/infra/contract';
import { APPEND_EVENT_LUA, appendEventArguments, appendEventKeys } from '@awaz/infra/events';
import { chatKeys, type RedisHandle, Script } from '@awaz/infra/redis';
import { ChatHistory, historyPlace } from './chat-history.ts';
import { MAX_HISTORY_MESSAGES } from './chat-limits.ts';
import { FIND_MESSAGE_LUA } from './find-message.ts';
import { type ModerationRecorder, noteStep } from './moderation-log.ts';
import { isStaff, type Speaker } from './speaker.ts';

/** How long authors may take their own messages back, in ms. */
export const AUTHOR_DELETES_WITHIN_MS = 300_000;

// KEYS history, reports, reported, events, head
// ARGV epoch, channel, message id, its place, author who asks or nothing for staff, withinMs
const deleteScript = new Script<[outcome: Buffer, authorId?: Buffer, authorName?: Buffer]>(`${APPEND_EVENT_LUA}
${FIND_MESSAGE_LUA}
local message = find_message({KEYS[1], KEYS[4]}, ARGV[3], ARGV[4])
if not message then return {'not_found'} end
if ARGV[5] ~= '' then
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  if message.author.id ~= ARGV[5] then return {'foreign'} end
  if now - message.at > tonumber(ARGV[6]) then return {'late'} end
end
redis.call('XDEL', KEYS[1], ARGV[4])
redis.call('XDEL', KEYS[4], ARGV[4])
redis.call('HDEL', KEYS[2], ARGV[3])
redis.call('ZREM', KEYS[3], ARGV[3])
local by = ARGV[5] == '' and 'staff' or 'author'
append_event(4, 1, 'chat:deleted', '{"id":"' .. ARGV[3] .. '","by":"' .. by .. '"}')
return {'deleted', message.author.id, message.author.name}
`);

/** Messages looked through for those of one author. */
const LOOKED_THROUGH = MAX_HISTORY_MESSAGES;

/** What deleting messages needs. */
export type MessageDeletionOptions = {
  handle: RedisHandle;
  audit: ModerationRecorder;
  /** Another time for authors than {@link AUTHOR_DELETES_WITHIN_MS}. */
  authorWithinMs?: number | undefined;
};

/** Takes messages back, from the history and from what is replayed. Stateless. */
export class MessageDeletion {
  readonly #options: MessageDeletionOptions;
  readonly #history: ChatHistory;

  constructor(options: MessageDeletionOptions) {
    this.#options = options;
    this.#history = new ChatHistory(options.handle);
  }

  /**
   * Deletes a message and tells all nodes: staff any one, others an own one as long as it is new. Throws `not_found` or
   * `forbidden`.
   */
  async delete(station: string, id: string, by: Speaker): Promise<void> {
    const { id: authorId, name } = await this.#delete(station, id, by);
    if (!isStaff(by) || authorId === by.id) return;
    const before = { author: { id: authorId, name } };
    await noteStep(this.#options.audit, { action: 'chat:delete', station, by, target: id, before });
  }

  /** Deletes what somebody wrote, as far as the history goes, and tells all nodes. For staff. */
  async deleteBy(station: string, authorId: string, by: Speaker): Promise<void> {
    const { messages } = await this.#history.page(station, { limit: LOOKED_THROUGH });
    let count = 0;
    for (const { id, author } of messages) {
      if (author.id !== authorId) continue;
      const deleted = await this.#delete(station, id, by).catch(undefinedIfGone);
      if (deleted !== undefined) count++;
    }
    if (count === 0) return;
    await noteStep(this.#options.audit, {
      action: 'chat:erase',
      station,
      by,
      target: authorId,
      before: { messages: count },
    });
  }

  async #delete(station: string, id: string, by: Speaker): Promise<{ id: string; name: string }> {
    const place = historyPlace(id);
    if (place === undefined) throw notFound();
    const { handle, authorWithinMs = AUTHOR_DELETES_WITHIN_MS } = this.#options;
    const { history, reports, reported } = chatKeys(station);
    const [outcome, authorId, authorName] = await deleteScript.run(
      handle.commands,
      [history, reports, reported, ...appendEventKeys(station)],
      [...appendEventArguments(station), id, place, isStaff(by) ? '' : by.id, authorWithinMs],
    );
    checkDeleted(String(outcome));
    return { id: String(authorId), name: String(authorName) };
  }
}

function checkDeleted(outcome: string): void {
  if (outcome === 'not_found') throw notFound();
  if (outcome === 'foreign') throw new AwazError('forbidden', 'This message is not yours to delete.');
  if (outcome === 'late') {
    const minutes = AUTHOR_DELETES_WITHIN_MS / 60_000;
    throw new AwazError('forbidden', `A message can be taken back for ${minutes} minutes. Ask a moderator.`);
  }
}

function notFound(): AwazError {
  return new AwazError('not_found', 'There is no such message; it may have been deleted already.');
}

function undefinedIfGone(error: unknown): undefined {
  if (error instanceof AwazError && error.code === 'not_found') return undefined;
  throw error;
}
