import { z } from 'zod';
import { ERROR_TABLE, type ErrorCode } from '../../errors.ts';

const codes = Object.keys(ERROR_TABLE) as [ErrorCode, ...ErrorCode[]];

/** An error as a client reads it (RFC 9457). */
export const problemSchema = z.object({
  type: z.literal('about:blank'),
  title: z.string(),
  status: z.number().int(),
  detail: z.string().describe('What happened, to what, what to do'),
  code: z.enum(codes).describe('Stable code'),
  errors: z
    .array(z.object({ in: z.enum(['path', 'query', 'body', 'header']), field: z.string(), message: z.string() }))
    .optional()
    .describe('With `bad_request`: each field at fault'),
});
