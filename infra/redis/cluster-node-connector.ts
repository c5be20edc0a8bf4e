import { createConnection } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { AbstractConnector, type RedisOptions } from 'ioredis';
import type { RedisNode } from '../runtime/index.ts';

type Connector = NonNullable<RedisOptions['Connector']>;

/**
 * Makes a connection to any node of a cluster, to another one with each attempt: what is published on one is heard on all
 * of them, so a subscription does not depend on the node that it began with.
 */
export function anyNodeConnector(nodes: readonly RedisNode[], isTls: boolean): Connector {
  let next = Math.floor(Math.random() * nodes.length);
  return class AnyNodeConnector extends AbstractConnector {
    constructor(options: { disconnectTimeout?: number }) {
      super(options.disconnectTimeout ?? 200);
    }

    override async connect(): ReturnType<AbstractConnector['connect']> {
      this.connecting = true;
      const node = nodes[next++ % nodes.length] as RedisNode;
      const stream = isTls ? connectTls({ ...node, servername: node.host }) : createConnection(node);
      this.stream = stream;
      return stream;
    }
  } as unknown as Connector;
}
