import { fileURLToPath } from 'node:url';
import { runProgram, tempDir } from '@awaz/infra/testkit';
import { expect, test } from '@jest/globals';

const MAIN = fileURLToPath(new URL('./main.js', import.meta.url));

test('the transcoder names every fault of its environment at once, without a stack, and does not start', async () => {
  const folder = await tempDir();
  try {
    const options = { cwd: folder.path, onlyEnv: { TRANSCODER_SLOTS: '0', LOG_LEVEL: 'loud' } };
    const { code, stderr } = await runProgram(process.execPath, [MAIN], options);
    expect(code).toBe(1);
    for (const name of ['REDIS_URL', 'TRANSCODER_SLOTS', 'LOG_LEVEL']) expect(stderr).toContain(`  ${name}: `);
    expect(stderr).not.toMatch(/^ +at /m);
  } finally {
    await folder.close();
  }
});
