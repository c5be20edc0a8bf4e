/** Titles on their way to the worker that publishes them with the sound. */
export {
  changedProgramme,
  inOrderOfCapture,
  type ProgrammeChange,
  type PublishedProgramme,
  parseTitleRequest,
  type TitleRequest,
} from './title-request.ts';
export { MAX_WAITING_TITLES, PROGRAMME_FIELD, type ProgrammeState, TitleRequests } from './title-requests.ts';
