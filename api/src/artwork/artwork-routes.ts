import { ownArtworkSchema, pictureSchema } from '@awaz/infra/contract/schemas';
import { type AuditRecorder, auditedBy } from '../audit/index.ts';
import { defineRoute, type Route } from '../rest/index.ts';
import type { StationStore } from '../stations/index.ts';
import type { ArtworkStore } from './artwork-store.ts';
import { cleanPicture, MAX_UPLOAD_BYTES, PICTURE_TYPES } from './picture.ts';

/** What the routes need. */
export type ArtworkRoutesOptions = {
  artworks: ArtworkStore;
  stations: Pick<StationStore, 'get' | 'setArtwork'>;
  audit: AuditRecorder;
};

/** `PUT|DELETE stations/{station}/artwork`. */
export function artworkRoutes({ artworks, stations, audit }: ArtworkRoutesOptions): Route[] {
  const common = { path: '/stations/:station/artwork', tag: 'stations', action: 'station.change' } as const;
  return [
    defineRoute({
      ...{ ...common, method: 'PUT', summary: 'Give the station a picture: PNG, JPEG or WebP, 2 MiB at most' },
      ...{ body: pictureSchema, bodyTypes: PICTURE_TYPES, bodyLimitBytes: MAX_UPLOAD_BYTES },
      answer: ownArtworkSchema,
      errors: ['overloaded'],
      handler: async ({ station: { slug }, body, caller, address }) => {
        const hash = await artworks.keep(slug, await cleanPicture(Buffer.from(body)));
        await stations.setArtwork(slug, hash);
        await audit.record({ ...auditedBy(caller, address), action: 'artwork.set', station: slug, target: hash });
        return { artwork: (await stations.get(slug))?.artwork ?? null };
      },
    }),
    defineRoute({
      ...{ ...common, method: 'DELETE', summary: 'Take the picture away' },
      handler: async ({ station: { slug }, caller, address }) => {
        await stations.setArtwork(slug, undefined);
        await audit.record({ ...auditedBy(caller, address), action: 'artwork.removed', station: slug });
      },
    }),
  ];
}
