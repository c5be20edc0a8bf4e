/** What a station plays, in time with its sound. */
export { ProgrammeService, type ProgrammeServiceOptions, type ProgrammeSnapshot } from './programme-service.ts';
