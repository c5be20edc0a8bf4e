/** What programs measure of a station's stream, brought together in Redis for a few seconds. */
export { QUALITY_FRESH_MS, QualityBoard, type QualitySource } from './quality-board.ts';
