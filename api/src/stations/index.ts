/** Stations, their stream keys, and what the public may read of them. */

export { keyRoutes } from './key-routes.ts';
export { MAX_OWN_STATIONS, type OwnStationRoutesOptions, ownStationRoutes } from './own-station-routes.ts';
export { type PeopleRoutesOptions, peopleRoutes } from './people-routes.ts';
export { type RecordStamp, stampRecord } from './record-stamp.ts';
export { type RoleRoutesOptions, roleRoutes } from './role-routes.ts';
export type { NewStation, Station, StationChanges } from './station.ts';
export { StationPeople } from './station-people.ts';
export { type StationReader, type StationRoutesOptions, stationRoutes } from './station-routes.ts';
export { StationStore, type StationStoreOptions } from './station-store.ts';
export { type StopOptions, stopBroadcast } from './stop-broadcast.ts';
