import { tempDir } from '@awaz/infra/testkit';
import { describe, expect, it } from '@jest/globals';
import { AddressKeys, ServerSecret } from './index.ts';

const keysBy = (given: string) => new AddressKeys(new ServerSecret({ given, dataDir: '' }));

describe('what is kept of an address', () => {
  it('is the same for a network on a station and on every node of one secret, and for nothing else', async () => {
    const [here, there, other] = [keysBy('a'.repeat(32)), keysBy('a'.repeat(32)), keysBy('b'.repeat(32))];
    const key = await here.keyOf('radio', '192.0.2.1');
    expect(key).toMatch(/^[\w-]{22}$/);
    expect(await there.keyOf('radio', '192.0.2.1')).toBe(key);
    expect(await there.keyOf('radio', '::ffff:192.0.2.1')).toBe(key);
    const others = [
      here.keyOf('radio', '192.0.2.2'),
      here.keyOf('other', '192.0.2.1'),
      other.keyOf('radio', '192.0.2.1'),
    ];
    for (const different of others) expect(await different).not.toBe(key);
    const home = await here.keyOf('radio', '2001:db8:1:2::1');
    expect(await there.keyOf('radio', '2001:db8:1:2:ffff::9')).toBe(home);
    expect(await there.keyOf('radio', '2001:db8:1:3::1')).not.toBe(home);
  });

  it('survives a restart with the secret of the data folder', async () => {
    const folder = await tempDir();
    const open = () => new AddressKeys(new ServerSecret({ given: undefined, dataDir: folder.path }));
    expect(await open().keyOf('radio', '192.0.2.1')).toBe(await open().keyOf('radio', '192.0.2.1'));
    await folder.close();
  });
});
