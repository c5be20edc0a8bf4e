import { streamQualitySchema } from '@awaz/infra/contract/schemas';
import type { StreamQualities } from './quality/index.ts';
import { defineRoute, type Route } from './rest/index.ts';

/** `GET stations/{station}/quality`. */
export function qualityRoutes({ qualities }: { qualities: Pick<StreamQualities, 'qualityOf'> }): Route[] {
  return [
    defineRoute({
      ...{ method: 'GET', path: '/stations/:station/quality', tag: 'stations', action: 'quality.read' },
      summary: 'How the stream does: uplink, encoder, listeners; null where nothing is measured',
      answer: streamQualitySchema,
      handler: ({ station: { slug } }) => qualities.qualityOf(slug),
    }),
  ];
}
