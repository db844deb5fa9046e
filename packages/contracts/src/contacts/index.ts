export * from './contact.ts';
export * from './contact-list.ts';
export * from './status.ts';
