import type { ServerEvents, SocketIdentity } from '@awaz/infra/contract';
import type { DefaultEventsMap, Namespace, Server, Socket } from 'socket.io';
import type { Caller } from '../auth/index.ts';
import type { ListenPasses } from './listen-passes.ts';

/** Namespaces of the live events. */
export const NAMESPACES = ['/', '/studio', '/admin'] as const;

/** See {@link NAMESPACES}. */
export type NamespaceName = (typeof NAMESPACES)[number];

/** What a socket knows of its person. */
export type SocketData = {
  caller: Caller;
  /** Private stations that it may follow by a token that was shown. */
  passes: ListenPasses;
  /** The token that came with the connection; shown wherever a join gives none. */
  listenToken: string | undefined;
  identity: SocketIdentity;
  /** Account or guest id; what limits count by. */
  subject: string;
  address: string;
  /** Of a guest: its signed id. */
  signedGuest: string | undefined;
  /** Of an account: when its access token expires, ms since 1970. */
  tokenExpiresAt: number | undefined;
  /** The token expired and the socket stays for its broadcast alone. */
  isExpired?: boolean;
  /** It has begun to send audio. */
  mayPublish?: boolean;
};

/** A client's connection to one namespace. */
export type LiveSocket = Socket<DefaultEventsMap, ServerEvents, DefaultEventsMap, SocketData>;

/** A namespace of ours. */
export type LiveNamespace = Namespace<DefaultEventsMap, ServerEvents, DefaultEventsMap, SocketData>;

/** The server that all of them are on. */
export type LiveServer = Server<DefaultEventsMap, ServerEvents, DefaultEventsMap, SocketData>;

/** Room of everybody who follows a topic. */
export const topicRoom = (topic: string): string => `topic:${topic}`;

/** Room of those who also see what only staff may see of a station. */
export const staffRoom = (station: string): string => `staff:${station}`;

/** Room of all sockets of an account. */
export const accountRoom = (accountId: string): string => `account:${accountId}`;
