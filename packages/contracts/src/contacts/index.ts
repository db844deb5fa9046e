export * from './contact.ts';
export * from './contact-list.ts';
export * from './known-contact.ts';
export * from './status.ts';
