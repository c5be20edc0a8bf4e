/** Recordings of broadcasts: which there are, of what they consist, and where their files are. */
export { type Archive, ArchiveFullError, FolderArchive } from './archive.ts';
export {
  type ArchivePlace,
  type RecordedSegment,
  type RecordedTitle,
  type Recording,
  type RecordingName,
  recordingFiles,
} from './recording.ts';
export { type NewRecording, RecordingIndex, type RecordingStep } from './recording-index.ts';
