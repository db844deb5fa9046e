import { hash, timingSafeEqual } from 'node:crypto';

/** Whether two secrets are the same, in a time that says nothing about where they differ. */
export const sameSecret = (a: string, b: string): boolean =>
  timingSafeEqual(Buffer.from(hash('sha256', a), 'hex'), Buffer.from(hash('sha256', b), 'hex'));
