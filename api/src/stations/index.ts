/** Stations, their stream keys, and what the public may read of them. */
export type { NewStation, Station, StationChanges } from './station.ts';
export { StationStore, type StationStoreOptions } from './station-store.ts';
export { type StationReader, type StationsRouterOptions, type StationView, stationsRouter } from './stations-router.ts';
