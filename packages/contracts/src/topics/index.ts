export * from './contacts.ts';
export * from './tokens.ts';
export * from './topic.ts';
export * from './verification.ts';
