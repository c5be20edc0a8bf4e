import { randomBytes } from 'node:crypto';
import { BroadcastRegistry } from '@awaz/infra/broadcasts';
import type { Actor } from '@awaz/infra/contract';
import { ControlBus, type RedisHandle, stationKeys } from '@awaz/infra/redis';
import { AccountStore } from '../accounts/index.ts';
import { StationStore } from '../stations/index.ts';
import { ApiClient, type ApiNode } from './api-node.ts';

/** Somebody with an account. */
export type Person = { id: string; name: string; email: string; password: string; client: ApiClient };

/** People of every kind, and the stations that they are it on. */
export type People = {
  readonly stations: StationStore;
  readonly accounts: AccountStore;
  readonly byActor: Record<Exclude<Actor, 'guest' | 'stream_key'>, Person>;
  /** Makes a station with all of them in their place; returns a stream key of it. */
  addStation(slug: string, wish?: { public?: boolean; title?: string }): Promise<string>;
  close(): void;
};

/** Registers one person of each kind. */
export async function gatherPeople(node: ApiNode, handle: RedisHandle): Promise<People> {
  const bus = new ControlBus(handle);
  const stations = new StationStore({ handle, bus, registry: new BroadcastRegistry(handle) });
  const accounts = new AccountStore(handle);
  const tag = randomBytes(4).toString('hex');
  const person = async (name: string): Promise<Person> => {
    const client = new ApiClient(node.origin);
    const full = `${name}-${tag}`;
    const password = `password of ${full}`;
    const { id, email } = (await client.register(full, password)).body.account;
    return { id, name: full, email, password, client };
  };
  const byActor = {
    account: await person('account'),
    member: await person('member'),
    moderator: await person('moderator'),
    owner: await person('owner'),
    admin: await person('admin'),
  };
  await accounts.change(byActor.admin.id, { role: 'admin' });
  const addStation = async (slug: string, wish: { public?: boolean; title?: string } = {}) => {
    await stations.add({ slug, ...wish, ownerId: byActor.owner.id });
    const { people } = stationKeys(slug);
    await handle.commands.hset(people, byActor.member.id, 'member', byActor.moderator.id, 'moderator');
    return (await stations.addKey(slug)).key;
  };
  return { stations, accounts, byActor, addStation, close: () => bus.close() };
}
