import { AwazError, BROADCAST_ID_PATTERN, FRAME_DURATION_MS } from '@awaz/infra/contract';
import {
  changeRecordingSchema,
  pageQuerySchema,
  recordingListSchema,
  recordingSchema,
} from '@awaz/infra/contract/schemas';
import { type Archive, type Recording, type RecordingIndex, recordingFiles } from '@awaz/infra/recordings';
import { z } from 'zod';
import { type AuditRecorder, auditedBy } from '../audit/index.ts';
import { decodeCursor, defineRoute, encodeCursor, type Route } from '../rest/index.ts';

/** What the routes need. */
export type RecordingRoutesOptions = { recordings: RecordingIndex; archive: Archive; audit: AuditRecorder };

const params = z.object({ recording: z.string().regex(BROADCAST_ID_PATTERN) });

/** `GET stations/{station}/recordings`, and `GET|PATCH|DELETE stations/{station}/recordings/{recording}`. */
export function recordingRoutes(options: RecordingRoutesOptions): Route[] {
  return [...readingRoutes(options), ...changingRoutes(options)];
}

function readingRoutes({ recordings }: RecordingRoutesOptions): Route[] {
  const common = { tag: 'recordings', action: 'station.listen', method: 'GET' } as const;
  return [
    defineRoute({
      ...{ ...common, path: '/stations/:station/recordings', summary: 'What was recorded, the newest first' },
      query: pageQuerySchema,
      answer: recordingListSchema,
      handler: async ({ station: { slug }, query: { cursor, limit } }) => {
        const before = decodeCursor(cursor, z.number()) ?? Number.MAX_SAFE_INTEGER;
        const found = await recordings.list(slug, { before, count: limit });
        const last = found.length < limit ? undefined : found.at(-1);
        return { items: found.map(viewOf), next: last === undefined ? null : encodeCursor(last.startedAt) };
      },
    }),
    defineRoute({
      ...{ ...common, path: '/stations/:station/recordings/:recording', summary: 'One recording' },
      params,
      answer: recordingSchema,
      errors: ['not_found'],
      handler: async ({ station: { slug }, params: { recording } }) => viewOf(await known(recordings, slug, recording)),
    }),
  ];
}

function changingRoutes({ recordings, archive, audit }: RecordingRoutesOptions): Route[] {
  const common = { tag: 'recordings', action: 'recording.change', params, errors: ['not_found'] } as const;
  const path = '/stations/:station/recordings/:recording';
  return [
    defineRoute({
      ...{ ...common, path, method: 'PATCH', summary: 'Rename a recording' },
      body: changeRecordingSchema,
      answer: recordingSchema,
      handler: async ({ station: { slug }, params: { recording }, body: { title }, caller, address }) => {
        const { title: before } = await known(recordings, slug, recording);
        await recordings.setTitle({ station: slug, broadcastId: recording }, title);
        const what = { action: 'recording.renamed', station: slug, target: recording, before, after: title };
        await audit.record({ ...auditedBy(caller, address), ...what });
        return viewOf(await known(recordings, slug, recording));
      },
    }),
    defineRoute({
      ...{ ...common, path, method: 'DELETE', summary: 'Remove a recording with its files' },
      handler: async ({ station: { slug }, params: { recording }, caller, address }) => {
        const found = await known(recordings, slug, recording);
        // The files go first: what is still listed can be removed again when that fails.
        await archive.removeFolder(recordingFiles(found).folder);
        await recordings.remove(found);
        const what = { action: 'recording.removed', station: slug, target: recording };
        await audit.record({ ...auditedBy(caller, address), ...what });
      },
    }),
  ];
}

async function known(recordings: RecordingIndex, station: string, broadcastId: string): Promise<Recording> {
  const found = await recordings.get({ station, broadcastId });
  if (found === undefined) throw new AwazError('not_found', `Station "${station}" has no recording "${broadcastId}".`);
  return found;
}

function viewOf({ station, broadcastId, frames, silentFrames, lostFrames, state, ...recording }: Recording) {
  const seconds = (count: number) => Math.round(count * FRAME_DURATION_MS) / 1000;
  const folder = `/recordings/${station}/${broadcastId}`;
  const { title, startedAt, bytes, kbps } = recording;
  return {
    ...{ id: broadcastId, title, startedAt, state, bytes, kbps },
    ...{ seconds: seconds(frames), silentSeconds: seconds(silentFrames), lostSeconds: seconds(lostFrames) },
    ...{ playlist: `${folder}/index.m3u8`, file: state === 'complete' ? `${folder}/audio.m4a` : null },
  };
}
