import type { Logger, Registry } from '@awaz/infra/runtime';
import Koa from 'koa';
import type Router from 'koa-router';
import { crossOrigin } from './http/cross-origin.ts';
import { errorAnswers } from './http/error-answers.ts';
import { type HealthOptions, healthRouter } from './http/health-router.ts';
import { createPages } from './http/pages-router.ts';
import { requestMetrics } from './http/request-metrics.ts';
import { securityHeaders } from './http/security-headers.ts';
import { serverOptions } from './http/server-options.ts';
import { type RestOptions, restRouter } from './rest/index.ts';

/** What the application answers from. */
export type AppOptions = {
  logger: Logger;
  health: HealthOptions;
  /** Gets the application's own figures. */
  metrics: Registry;
  rest: Omit<RestOptions, 'trustProxy'>;
  /** Event streams. */
  events: Router;
  /** Pictures of stations. */
  artwork: Router;
  /** Titles of source clients. */
  sourceTitles: Router;
  /** Media of recordings. */
  recorded: Router;
  /** Folder of the built pages. */
  pagesFolder: string;
  corsOrigins: readonly string[];
  /** Whether people reach the server by https only. */
  httpsOnly: boolean;
  /** Whether `X-Forwarded-For` and its kin are to be believed. */
  trustProxy: boolean;
};

/** Everything that is not below `/live`, not an upgrade and not Socket.IO: health, API, pages. */
export function createApp(options: AppOptions): Koa {
  const { logger, trustProxy } = options;
  const app = new Koa({ proxy: trustProxy });
  // Errors are answered and logged by the first middleware; what comes here is a client that went away.
  app.on('error', (error: Error) => logger.debug({ err: error }, 'a connection failed'));
  app.use(securityHeaders(options));
  app.use(requestMetrics(options.metrics));
  app.use(errorAnswers(logger));
  app.use(serverOptions());
  app.use(crossOrigin(options.corsOrigins));
  const pages = createPages(options.pagesFolder, logger);
  const rest = restRouter({ ...options.rest, trustProxy });
  const routers = [
    healthRouter(options.health),
    options.events,
    options.artwork,
    options.recorded,
    options.sourceTitles,
    rest,
    pages.router,
  ];
  for (const router of routers) app.use(router.routes());
  for (const router of routers) app.use(router.allowedMethods());
  app.use(pages.files);
  return app;
}
