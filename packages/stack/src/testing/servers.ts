/** What `global-setup.ts` opened and `global-teardown.ts` closes. */
export const servers = new AsyncDisposableStack();
