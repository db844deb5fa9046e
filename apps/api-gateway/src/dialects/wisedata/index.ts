import { bearerToken } from '../../access/credentials.ts';
import { readsAndWrites } from '../../budgets/reads-and-writes.ts';
import { messageOf } from '../../wire/messages.ts';
import type { Dialect } from '../dialect.ts';
import { contactLists } from './contact-lists.ts';
import { contacts } from './contacts.ts';

/** https://api.wisedatanps.com: the vendor's calls and no more, with exactly its keys. */
export const wisedata: Dialect = {
  name: 'wisedata',
  credential: bearerToken,
  windows: readsAndWrites,
  // WD-33: `message`, and `errors` where fields are at fault.
  problem: (problem) => ({
    headers: { 'content-type': 'application/json' },
    body: { message: messageOf(problem), errors: problem.errors },
  }),
  async plugin(app, gateway) {
    for (const resource of [contactLists, contacts]) await app.register(resource, { ...gateway, prefix: '/api/v1' });
  },
};
