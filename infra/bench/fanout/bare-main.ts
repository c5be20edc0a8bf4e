/** What the product is measured against: Socket.IO with the same adapter and settings, and nothing else. `node bare-main.js REDIS_URL PORT` */
import { createServer } from 'node:http';
import { createAdapter } from '@socket.io/redis-streams-adapter';
import { Server } from 'socket.io';
import { RedisHandle } from '../../redis/index.ts';

const [, , redisUrl = '', port = '0'] = process.argv;

const http = createServer((_request, response) => response.end('ok'));
const io = new Server(http, {
  transports: ['websocket'],
  serveClient: false,
  perMessageDeflate: false,
  pingInterval: 10_000,
  pingTimeout: 15_000,
  adapter: createAdapter(new RedisHandle(redisUrl).connect('patient'), { maxLen: 1000, onlyPlaintext: true }),
});

type Acknowledge = (answer: { ok: true }) => void;
let said = 0;

io.on('connection', (socket) => {
  socket.on('stream:join', ({ station }: { station: string }, acknowledge: Acknowledge) => {
    void socket.join(station);
    acknowledge({ ok: true });
  });
  socket.on('chat:send', ({ station, text }: { station: string; text: string }, acknowledge: Acknowledge) => {
    const id = `bare-${said++}`;
    const author = { id: socket.id, name: 'Guest', role: 'guest' };
    io.to(station).emit('chat:message', { author, text, at: Date.now(), station, id, position: id });
    acknowledge({ ok: true });
  });
});

http.listen(Number(port), '127.0.0.1');
