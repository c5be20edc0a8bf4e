export * from './accounts.ts';
export * from './admin.ts';
export * from './chat.ts';
export * from './own-stations.ts';
export * from './page.ts';
export * from './problem.ts';
export * from './stations.ts';
