/** A conformance checker for low-latency HLS origins: `checkOrigin` follows one and judges it by the rules. */
export { type CheckOptions, checkOrigin, judge, type Report } from './check-origin.ts';
export type { Clock } from './clock.ts';
export type { HttpPort, TransportFacts, WireAnswer, WireRequest } from './http-port.ts';
export { UncheckableError } from './record/record-origin.ts';
export { renderReport } from './render-report.ts';
export type { Evidence, Finding, Group, Level, Verdict } from './rule.ts';
