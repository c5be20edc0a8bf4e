import type { AccountRole, AdminStream, AdminUser, AuditEntry, Page } from '@awaz/infra/contract';
import type { AccountSession } from '../account/index.ts';

/** What an administrator asks the API. Everything rejects with `RestProblem`. */
export class AdminApi {
  readonly #session: AccountSession;

  constructor(session: AccountSession) {
    this.#session = session;
  }

  /** Every broadcast on air. */
  async streams(): Promise<AdminStream[]> {
    return (await this.#session.call<{ streams: AdminStream[] }>('/admin/streams')).streams;
  }

  /** Ends a broadcast. */
  stop(station: string): Promise<void> {
    return this.#session.call(`/admin/streams/${station}/stop`, { method: 'POST' });
  }

  /** Accounts, the newest first. */
  users(cursor: string | undefined): Promise<Page<AdminUser>> {
    return this.#session.call(`/admin/users${queryOf(cursor)}`);
  }

  /** Changes the role of an account, or whether it may sign in. */
  changeUser(id: string, change: { role?: AccountRole; disabled?: boolean }): Promise<AdminUser> {
    return this.#session.call(`/admin/users/${id}`, { method: 'PATCH', body: change });
  }

  /** What was done, the newest first. */
  audit(cursor: string | undefined): Promise<Page<AuditEntry>> {
    return this.#session.call(`/admin/audit${queryOf(cursor)}`);
  }
}

function queryOf(cursor: string | undefined): string {
  return cursor === undefined ? '' : `?cursor=${encodeURIComponent(cursor)}`;
}
