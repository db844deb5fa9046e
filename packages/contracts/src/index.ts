export * from './outage.ts';
export * from './pages.ts';
export * from './principal.ts';
export * from './problem.ts';
export * from './values.ts';
export * from './vendor-ids.ts';
