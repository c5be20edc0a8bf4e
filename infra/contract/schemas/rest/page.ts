import { z } from 'zod';

/** Most items of one page. */
export const MAX_PAGE_ITEMS = 100;

/** Query of a list that comes in pages. */
export const pageQuerySchema = z.object({
  cursor: z.string().max(500).optional().describe('`next` of the page before; left out for the first page'),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE_ITEMS).default(50).describe('Most items of the answer'),
});

/** Answer of a list that comes in pages. */
export const pageSchema = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: z.array(item),
    next: z.string().nullable().describe('`cursor` of the next page; null when this is the last one'),
  });
