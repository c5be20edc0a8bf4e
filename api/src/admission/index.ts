/** Who may come in: limits of listeners, publishers and load. */
export { Admission, type AdmissionLimits, type AdmissionState } from './admission.ts';
export type { VisitorKind } from './admission-metrics.ts';
