/** An event of a client and what it carries. */
export type FuzzedCall = readonly [event: string, body: unknown];

/** Seeds of fast-check that every run takes; one that found something is added. */
export const SEEDS = [20_261_125, 7];

const STATION = { station: 'radio' };

/** Events that found something once, or that are at the edge of what is right; every run sends them to everybody. */
export const CORPUS: readonly FuzzedCall[] = [
  ['stream:join', { ...STATION, since: '__proto__-1' }],
  ['stream:join', { ...STATION, since: `${'9'.repeat(20)}-${'9'.repeat(18)}` }],
  ['stream:join', { station: 'secret', token: `listen_${'a'.repeat(32)}` }],
  ['stream:join', { station: 'secret', token: 'a.b.c' }],
  ['stream:join', { station: 'secret', since: '0-0' }],
  ['stream:join', { station: '~directory' }],
  ['stream:leave', { station: 'secret' }],
  ['stream:heartbeat', { ...STATION, session: '~', latencyMs: 1e308 }],
  ['stream:heartbeat', { station: 'secret', stalls: 0.5 }],
  ['chat:send', { ...STATION, text: '\ud800' }],
  ['chat:send', { ...STATION, text: `\u202e${'a'.repeat(499)}` }],
  ['chat:send', { ...STATION, text: 'ok', mediaTime: -8.64e15 }],
  ['chat:send', { ...STATION, text: 'ok', key: '../../x' }],
  ['chat:send', { station: 'secret', text: 'ok' }],
  ['chat:delete', { ...STATION, id: `x-${'9'.repeat(15)}` }],
  ['chat:delete', { station: 'secret', id: 'a-1' }],
  ['chat:report', { ...STATION, id: 'a-0', reason: '\u0000' }],
  ['chat:mute', { ...STATION, target: '__proto__', seconds: 1 }],
  ['chat:ban', { ...STATION, target: 'a', address: true, erase: true }],
  ['chat:slow', { ...STATION, seconds: -0 }],
  ['chat:settings:set', { ...STATION, words: ['*', '**', '\u200d'] }],
  ['chat:settings:set', { ...STATION, words: ['('.repeat(60), 'a*b*c'] }],
  ['interaction:like', { ...STATION, mediaTime: 8.64e15 }],
  ['interaction:like', { station: 'secret' }],
  ['stream:metadata:set', { ...STATION, track: { title: 'x', art: 'javascript:alert(1)' } }],
  ['stream:metadata:set', { ...STATION, at: Number.MAX_SAFE_INTEGER, show: 'x' }],
  ['stream:stop', { station: 'secret' }],
  ['auth:renew', { token: 'x'.repeat(4096) }],
  ['directory:join', null],
  ['directory:join', []],
];
