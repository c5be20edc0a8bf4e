/** How streams do, in figures for those who look after them. */
export { type QualityListener, StreamQualities, type StreamQualitiesOptions } from './stream-qualities.ts';
