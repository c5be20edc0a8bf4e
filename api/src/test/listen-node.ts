import { BroadcastRegistry } from '@awaz/infra/broadcasts';
import { ControlBus, type RedisHandle } from '@awaz/infra/redis';
import { createLogger, Registry, ReleaseStack } from '@awaz/infra/runtime';
import { AccountStore } from '../accounts/index.ts';
import { AccessTokens, ServerSecret } from '../auth/index.ts';
import { ListenGuard, type ListenGuardOptions, ListenTokens } from '../listen-access/index.ts';
import { type OriginServer, startOrigin } from '../origin/test/origin-server.ts';
import { Presence } from '../presence/index.ts';
import { StationStore } from '../stations/index.ts';

/** An origin that knows private stations, as one process of the API has it. */
export type ListenNode = {
  readonly server: OriginServer;
  readonly stations: StationStore;
  readonly listenTokens: ListenTokens;
  readonly accounts: AccountStore;
  readonly tokens: AccessTokens;
  readonly presence: Presence;
  close(): Promise<void>;
};

/** How the node is; `deaf` hears nothing on the bus. */
export type ListenNodeOptions = { limits?: ListenGuardOptions['limits']; deaf?: boolean };

/** Starts a node; all nodes know each other's access tokens. */
export async function startListenNode(handle: RedisHandle, options: ListenNodeOptions = {}): Promise<ListenNode> {
  const release = new ReleaseStack();
  const bus = release.use(new ControlBus(handle));
  const stations = new StationStore({ handle, bus, registry: new BroadcastRegistry(handle) });
  const listenTokens = new ListenTokens({ handle, bus });
  const accounts = new AccountStore(handle);
  const tokens = new AccessTokens(new ServerSecret({ given: 'a secret that all nodes know', dataDir: '' }));
  const logger = createLogger('listen-test', 'silent');
  const metrics = new Registry();
  const presence = release.use(new Presence({ handle, metrics, logger }));
  const ears = options.deaf ? { listen: () => () => undefined } : bus;
  const services = { handle, bus: ears, stations, listenTokens, accounts, tokens, logger, metrics };
  const access = release.use(new ListenGuard({ ...services, limits: options.limits }));
  const stationExists = async (slug: string) => (await stations.get(slug)) !== undefined;
  const server = release.use(await startOrigin(handle, { access, stationExists, audience: presence }));
  return { server, stations, listenTokens, accounts, tokens, presence, close: () => release.close() };
}
