import { z } from 'zod';
import { ACCOUNT_ROLES } from '../../accounts.ts';
import { ALARM_NAMES } from '../../alarms.ts';

/** An entry of the audit log. */
export const auditEntrySchema = z.object({
  id: z.string(),
  at: z.number().describe('Ms since 1970'),
  by: z.object({ id: z.string(), name: z.string() }),
  action: z.string().describe('What was done'),
  station: z.string().optional(),
  target: z.string().optional().describe('What it was done to'),
  address: z.string().describe('Where it was done from'),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
});

/** An account as administrators see it. */
export const userSchema = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  role: z.enum(ACCOUNT_ROLES),
  createdAt: z.number().describe('Ms since 1970'),
  disabledAt: z.number().nullable().describe('Since when it may not sign in, ms since 1970'),
});

/** Body of `PATCH admin/users/{account}`. */
export const changeUserSchema = z
  .object({ role: z.enum(ACCOUNT_ROLES).optional(), disabled: z.boolean().optional() })
  .refine((change) => change.role !== undefined || change.disabled !== undefined, 'needs role or disabled');

/** A broadcast on air as administrators see it. */
export const streamSchema = z.object({
  station: z.string(),
  title: z.string(),
  public: z.boolean(),
  ownerId: z.string().nullable(),
  broadcastId: z.string(),
  startedAt: z.number().describe('Ms since 1970'),
  onAir: z.boolean().describe('Whether own audio has been published'),
  openedBy: z.string().describe('Id of the stream key or account that publishes'),
  levelDbfs: z.number().nullable().describe('Largest sample of the last second; null when no audio comes'),
  shortTermLufs: z.number().nullable().describe('Loudness (EBU R 128) of the last 3 s'),
  alarms: z
    .array(
      z.object({
        alarm: z.enum(ALARM_NAMES),
        level: z.enum(['warn', 'alarm']),
        since: z.number().describe('Ms since 1970'),
      }),
    )
    .describe('What is wrong with it now'),
});

/** Answer of whatever ends a broadcast. */
export const stoppedSchema = z.object({ broadcastId: z.string() });
