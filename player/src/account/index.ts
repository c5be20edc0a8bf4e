/** Who uses the page: signing in and out, and the access token. */
export * from './account-link.tsx';
export * from './account-session.ts';
export * from './session-mark.ts';
export * from './sign-in-form.tsx';
export * from './sign-in-path.ts';
export * from './unreachable.tsx';
