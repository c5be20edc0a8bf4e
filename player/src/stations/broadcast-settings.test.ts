import type { OwnStation } from '@awaz/infra/contract';
import { expect, test } from '@jest/globals';
import { broadcastChange, broadcastSettingsOf } from './broadcast-settings.ts';

const station: OwnStation = {
  ...{ slug: 'radio', title: 'Radio', public: true, description: '', language: null, tags: [], artwork: null },
  ...{ profile: null, ladder: null, limiter: true, lateAudio: 'drop', version: 1, createdAt: 1 },
};

test.each([
  [null, 'default'],
  ['32k,64k', 'saver'],
  ['64k,128k,256k', 'music'],
  ['48k,96k', 'own:48k,96k'],
])('the ladder %j is shown as %s, and saved as it was', (ladder, choice) => {
  const settings = broadcastSettingsOf({ ...station, ladder });
  expect(settings.ladder).toBe(choice);
  expect(broadcastChange(settings).ladder).toBe(ladder);
});

test('profile, limiter and late audio are saved as they are chosen', () => {
  const settings = broadcastSettingsOf({ ...station, profile: 'safe', limiter: false, lateAudio: 'keep' });
  expect(broadcastChange(settings)).toEqual({ profile: 'safe', ladder: null, limiter: false, lateAudio: 'keep' });
  expect(broadcastChange(broadcastSettingsOf(station)).profile).toBe('default');
});
