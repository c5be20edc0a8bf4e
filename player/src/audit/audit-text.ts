import { translator } from '../i18n/index.ts';

const t = translator({
  'station.made': 'Made a station',
  'station.changed': 'Changed a station',
  'station.removed': 'Removed a station',
  'key.made': 'Made a stream key',
  'key.revoked': 'Revoked a stream key',
  'key.rotated': 'Replaced a stream key',
  'artwork.set': 'Gave the station a picture',
  'artwork.removed': 'Took the picture away',
  'person.named': 'Named a member or moderator',
  'person.dismissed': 'Removed a member or moderator',
  'recording.renamed': 'Renamed a recording',
  'recording.removed': 'Removed a recording',
  'listen_token.made': 'Made a listen link',
  'listen_token.revoked': 'Revoked a listen link',
  'webhook.made': 'Made a webhook',
  'webhook.changed': 'Changed a webhook',
  'webhook.secret_rotated': 'Gave a webhook another secret',
  'webhook.removed': 'Removed a webhook',
  'stream:stop': 'Ended a broadcast',
  'admin.stream_stopped': 'Stopped a stream',
  'admin.stream_moved': 'Moved a stream to another transcoder',
  'admin.user_changed': 'Changed an account',
  'chat:delete': 'Deleted a message',
  'chat:erase': 'Deleted somebody’s messages',
  'chat:mute': 'Muted somebody',
  'chat:unmute': 'Lifted a mute',
  'chat:ban': 'Banned somebody',
  'chat:unban': 'Lifted a ban',
  'chat:report:dismiss': 'Let a reported message be',
  'chat:settings:set': 'Changed what the chat allows',
});

/** What was done, in words; the name itself where there are none. */
export function actionText(action: string): string {
  return t(action as Parameters<typeof t>[0]);
}
