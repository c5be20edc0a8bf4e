import { statSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { runProgram, tempDir } from '../testkit/index.ts';

const entry = new URL('./demo-programme.js', import.meta.url).href;

/** Makes the file in a process of its own, where so much arithmetic is fast, and measures it. */
const MEASURE = `
  import { readFileSync } from 'node:fs';
  const { demoProgramme } = await import(${JSON.stringify(entry)});
  const file = await demoProgramme(process.argv[1]);
  const bytes = readFileSync(file);
  const samples = new Int16Array(bytes.buffer.slice(bytes.byteOffset + 44, bytes.byteOffset + bytes.length));
  const peaks = [];
  for (let from = 0; from < samples.length; from += 48000) {
    peaks.push(samples.subarray(from, from + 48000).reduce((peak, value) => Math.max(peak, Math.abs(value)), 0));
  }
  const seam = Math.abs(samples[0] - samples.at(-2));
  console.log(JSON.stringify({ file, seconds: samples.length / 96000, loudest: Math.max(...peaks), quietest: Math.min(...peaks), seam }));
`;

test('the demo programme is made once: 72 s of stereo that never clips, never goes quiet and has no seam', async () => {
  const folder = await tempDir();
  const measure = async () => {
    const args = ['--input-type=module', '-e', MEASURE, folder.path];
    return JSON.parse((await runProgram(process.execPath, args)).text);
  };
  const first = await measure();
  expect(first.seconds).toBe(72);
  expect(first.loudest).toBeLessThan(32_000);
  expect(first.quietest).toBeGreaterThan(500);
  expect(first.seam).toBeLessThan(600);
  const made = statSync(first.file).mtimeMs;
  expect((await measure()).file).toBe(first.file);
  expect(statSync(first.file).mtimeMs).toBe(made);
  await folder.close();
}, 120_000);
