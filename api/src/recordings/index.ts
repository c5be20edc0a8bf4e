/** Recordings: their media, and what can be asked and changed of them. */
export { type RecordingRouterOptions, recordingRouter } from './recording-router.ts';
export { type RecordingRoutesOptions, recordingRoutes } from './recording-routes.ts';
