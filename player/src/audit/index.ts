/** The audit log as owners and administrators read it. */
export * from './audit-text.ts';
export * from './change-details.tsx';
