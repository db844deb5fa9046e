/** The resources that `global-setup.ts` opens and `global-teardown.ts` closes. */
export const servers = new AsyncDisposableStack();
