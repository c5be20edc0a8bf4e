/** Something that was seen. */
export type Evidence = {
  /** What is wrong (or worth knowing), with the figures. */
  detail: string;
  url?: string;
  /** Ms since 1970. */
  at?: number;
  /** Line of the playlist, from 1. */
  line?: number;
};
