import { io } from 'socket.io-client';
import type { NginxScene } from './scene.ts';

/** Longest time an answer over Socket.IO may take, in ms. */
const ANSWER_MS = 10_000;

/** Socket.IO through the proxy: an owner opens and ends a broadcast of another station. */
export async function lookAtSocketIo({ stack, proxy, found }: NginxScene): Promise<void> {
  const { slug: station, key: token } = await stack.addStation('interop-socket');
  const how = { transports: ['websocket'], forceNew: true, rejectUnauthorized: false, auth: { token } };
  const socket = io(`${proxy.url}/studio`, how);
  try {
    const opened: unknown = await socket
      .timeout(ANSWER_MS)
      .emitWithAck('ingest:open', { station, format: 'audio/webm;codecs=opus' });
    const { ok, nextSeq } = opened as { ok?: boolean; nextSeq?: number };
    found.expect(ok === true && nextSeq === 0, `ingest:open over Socket.IO got ${JSON.stringify(opened)}`);
    found.row('Socket.IO: ingest:open', ok === true ? 'accepted' : 'refused');
    await socket.timeout(ANSWER_MS).emitWithAck('ingest:end');
  } finally {
    socket.disconnect();
  }
}
