export * from './contacts.ts';
export * from './pages.ts';
export * from './principal.ts';
export * from './problem.ts';
export * from './token-format.ts';
export * from './tokens.ts';
export * from './topics.ts';
export * from './values.ts';
