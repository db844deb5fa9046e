import { setTimeout as delay } from 'node:timers/promises';

import { repeat, type Repeated } from '@kith/event-store';

import type { Services } from '../services.ts';

const BATCH = 500;
/** It looks this often by itself: after a restart, and for a contact that was put in a list while that was being deleted. */
const EVERY_MS = 30_000;
const PAUSE_MS = 200;

type Options = Pick<Services, 'contacts' | 'lists' | 'unpublished'> & {
  readonly onError: (error: unknown) => void;
};

/**
 * Takes the contacts out of deleted lists, each by an event of its own, and resumes by itself after a crash. All tenants share the feed: while
 * a batch of events waits in it no further one is added, so that nobody queues behind a long list.
 */
export function startUnlisting({ onError, ...services }: Options): Repeated {
  const work = async () => {
    if ((await services.unpublished(BATCH)) === BATCH) {
      await delay(PAUSE_MS);
      return (await services.lists.toUnlist(1)) !== undefined;
    }
    const more = await unlistSome(services);
    if (!more) await services.lists.forgetEmptyLists();
    return more;
  };
  return repeat(work, { everyMs: EVERY_MS, onError });
}

/** Takes a batch of contacts out, and says whether there may be more. */
export async function unlistSome({ contacts, lists }: Pick<Options, 'contacts' | 'lists'>): Promise<boolean> {
  const batch = await lists.toUnlist(BATCH);
  if (!batch) return false;
  const { listId, workspaceId, contactIds } = batch;
  const command = { type: 'TakeFromList', workspaceId, listId } as const;
  await contacts.handleAll(contactIds.map((id) => ({ id: String(id), command })));
  return true;
}
