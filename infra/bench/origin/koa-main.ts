import { koaOrigin } from './koa-origin.ts';
import { MirroredBroadcast } from './mirrored-broadcast.ts';

const [, , upstream = '', port = '0'] = process.argv;

koaOrigin(new MirroredBroadcast(upstream)).listen(Number(port), '127.0.0.1');
