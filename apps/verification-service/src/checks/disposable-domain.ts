import type { DisposableDomains } from '@kith/disposable';

import type { Check } from './check.ts';

export const disposableDomain = (isDisposable: DisposableDomains): Check => ({
  name: 'disposable_domain',
  asks: 'nobody',
  version: isDisposable.version,
  ask: (address) =>
    isDisposable(address) ? { says: 'settled', status: 'disposable', reason: 'disposable_domain' } : { says: 'pass' },
});
