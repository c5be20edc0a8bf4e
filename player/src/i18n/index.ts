/** Typed messages: each surface binds its own dictionary, so a page ships only its own words. And names of languages. */
export * from './languages.ts';
export * from './translator.ts';
