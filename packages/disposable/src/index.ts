export { type DisposableDomains, disposableDomains } from './disposable-domains.ts';
