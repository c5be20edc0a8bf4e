import { programmePatchSchema, programmeSetSchema, programmeSnapshotSchema } from '@awaz/infra/contract/schemas';
import type { ProgrammeService } from './metadata/index.ts';
import { defineRoute, type Route } from './rest/index.ts';

/** `GET` and `PUT stations/{station}/metadata`. */
export function metadataRoutes({ programmes }: { programmes: Pick<ProgrammeService, 'set' | 'current'> }): Route[] {
  const common = { path: '/stations/:station/metadata', tag: 'stations' } as const;
  return [
    defineRoute({
      ...{ ...common, method: 'GET', summary: 'What is playing, and what is due', action: 'station.listen' },
      answer: programmeSnapshotSchema,
      handler: async ({ station }) => {
        const snapshot = await programmes.current(station.slug);
        return { live: snapshot !== undefined, current: snapshot?.current ?? null, due: snapshot?.due ?? [] };
      },
    }),
    defineRoute({
      ...{ ...common, method: 'PUT', summary: 'Say what is playing, from a moment on', action: 'metadata.set' },
      body: programmePatchSchema,
      answer: programmeSetSchema,
      errors: ['off_air', 'limit_reached'],
      handler: ({ station, body }) => programmes.set(station.slug, body),
    }),
  ];
}
