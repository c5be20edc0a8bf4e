/** What is wrong with streams that are on air, kept once for all processes. */
export { AlarmBoard, type AlarmGuard, type AlarmState } from './alarm-board.ts';
