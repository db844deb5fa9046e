import type { Services } from '../app.ts';

const BATCH = 500;
/** How often it looks by itself: after a restart, and for a contact that was put in a list while that was being deleted. */
const EVERY_MS = 30_000;

export type Unlisting = AsyncDisposable & { readonly wake: () => void };

type Options = Pick<Services, 'contacts' | 'toUnlist' | 'forgetEmptyLists'> & {
  readonly onError: (error: unknown) => void;
};

/** Takes the contacts out of lists that were deleted, each by an event of its own; resumes by itself after a crash. */
export function startUnlisting(options: Options): Unlisting {
  let stopped = false;
  let again = false;
  let running: Promise<void> | undefined;

  const wake = () => {
    again = true;
    running ??= run().finally(() => (running = undefined));
  };
  const timer = setInterval(wake, EVERY_MS).unref();

  async function run() {
    try {
      while (again && !stopped) {
        again = false;
        while (!stopped && (await unlistSome(options)));
        await options.forgetEmptyLists();
      }
    } catch (error) {
      options.onError(error);
    }
  }

  wake();
  return {
    wake,
    async [Symbol.asyncDispose]() {
      stopped = true;
      clearInterval(timer);
      await running;
    },
  };
}

/** Whether there may be more. */
export async function unlistSome({ contacts, toUnlist }: Pick<Options, 'contacts' | 'toUnlist'>): Promise<boolean> {
  const left = await toUnlist(BATCH);
  if (!left) return false;
  const { listId, workspaceId, contactIds } = left;
  const command = { type: 'TakeFromList', workspaceId, listId } as const;
  await contacts.handleAll(contactIds.map((id) => ({ id: String(id), command })));
  return true;
}
