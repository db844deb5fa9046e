export * from './account.ts';
export * from './plan.ts';
export * from './token.ts';
export * from './token-format.ts';
