import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { ConfigError, commonEnv, mediaEnv, parseEnv } from './index.ts';

const shape = { ...commonEnv, ...mediaEnv, PORT: z.coerce.number().int().default(8080) };

test('every fault of an environment is told at once, in words of somebody who sets variables', () => {
  const env = { PORT: 'abc', LADDER: '12x', PART_TARGET_MS: '1', REDIS_URL: 'localhost:6379' };
  const fault = () => parseEnv(shape, env);
  expect(fault).toThrow(ConfigError);
  expect(fault).toThrow('  PORT: "abc" is not a number');
  expect(fault).toThrow('  LADDER: ladder entry "12x" is not a bitrate');
  expect(fault).toThrow('  PART_TARGET_MS: Too small');
  expect(fault).toThrow('  REDIS_URL: is neither redis://…, rediss://…, unix:/path, redis-cluster://');
  expect(() => parseEnv(shape, { REDIS_URL: '' })).toThrow('  REDIS_URL: has to be set');
});

const ADDRESSES = [
  ...['redis://h', 'rediss://user:word@h:1/2', 'unix:/run/redis.sock', '/run/redis.sock'],
  ...['redis-cluster://a:7000,b,[::1]:7002', 'rediss-cluster://:word@a', 'redis-sentinel://user:w%40rd@a,b:1/main/2'],
];

test.each(ADDRESSES)('%s is an address of Redis', (url) => {
  expect(parseEnv(shape, { REDIS_URL: url }).REDIS_URL).toBe(url);
});
