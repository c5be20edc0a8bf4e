/** How often somebody may do something. */
export { type Allowance, LIMITS, type Limit, type LimitName, networkOf } from './limit-table.ts';
export { RateLimits, type RateLimitsOptions, type RateLimitTaker } from './rate-limits.ts';
