/** What a container stream says of itself, as it stands there. */
export type StreamTags = { title?: string; artist?: string };

/** Where reading has got to: `more` bytes are needed, there are no tags, or they are found. */
export type TagOutcome = 'more' | 'none' | StreamTags;
