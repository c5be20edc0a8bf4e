import { z } from 'zod';

/** A picture as it is sent. */
export const pictureSchema = z.instanceof(Uint8Array);

/** Answer of `PUT stations/{station}/artwork`. */
export const ownArtworkSchema = z.object({
  artwork: z
    .string()
    .nullable()
    .describe('Address of the picture, relative to the server; it changes with the picture'),
});
