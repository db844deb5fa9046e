/** Values that the examples of several resources share. */
export const EXAMPLE = {
  workspaceId: 'ws_01k6m2v8q4n7r3t5w9x0y1z2a3',
  tokenId: 'tok_01k6m2v8q4n7r3t5w9x0y1z2a3',
  accountId: 'acc_01k6m2v8q4n7r3t5w9x0y1z2a3',
  time: '2026-06-05T13:40:00.123Z',
  limits: { native: { readsPerMinute: 120, writesPerMinute: 30 } },
};
