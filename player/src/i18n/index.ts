/** Typed messages: each surface binds its own dictionary, so a page ships only its own words. */
export * from './translator.ts';
