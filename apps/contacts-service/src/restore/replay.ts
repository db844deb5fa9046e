import type { KnownContact } from '@kith/contracts/contacts';
import type { CommandHandler } from '@kith/event-store';

import type { ContactCommand, ContactState } from '../contact/contact.ts';
import type { Erased, knownContactQueries, StoredContact } from './queries.ts';

type Deps = {
  readonly contacts: CommandHandler<ContactState, ContactCommand>;
  readonly known: ReturnType<typeof knownContactQueries>;
};

/** Contacts by number. */
export type Replayed = {
  readonly erased: readonly number[];
  readonly toldAnew: readonly number[];
  /** Numbers that were given away again before this repair. Their contacts are left alone. */
  readonly reused: readonly number[];
};

const meta = { actor: 'repair-feed' };

/**
 * Repeats what others know and a restore took away: erasures, and versions that they have seen. A line has one effect, however often it
 * comes.
 */
export async function replay({ contacts, known }: Deps, lines: readonly KnownContact[]): Promise<Replayed> {
  const stored = await known.stored(lines.map(({ contactId }) => contactId));
  const reused = lines.filter((line) => isReused(line, stored.get(line.contactId)));
  const ours = lines.filter((line) => !reused.includes(line));

  // A ledger that was exported several times repeats its entries: the last one says whether the erasure was confirmed.
  const erasures = [...new Map(ours.filter(isErased).map((line) => [line.contactId, line])).values()];
  const gone = new Set(numbersOf(erasures));
  const erased = erasures.filter(({ contactId }) => stored.has(contactId));
  await contacts.handleAll(
    erased.map(({ contactId, workspaceId }) => ({
      id: String(contactId),
      command: { type: 'EraseContact', workspaceId } as const,
      context: { meta },
    })),
  );
  await known.recordErasures(erasures);

  const behind = ours.filter(({ contactId, version = 0 }) => {
    const contact = stored.get(contactId);
    return contact !== undefined && contact.version < version && !gone.has(contactId);
  });
  await contacts.handleAll(
    behind.map(({ contactId, workspaceId, version = 0 }) => ({
      id: String(contactId),
      command: { type: 'TellAnew', workspaceId, seen: version } as const,
      context: { meta },
    })),
  );
  return { erased: numbersOf(erased), toldAnew: numbersOf(behind), reused: numbersOf(reused) };
}

const numbersOf = (lines: readonly KnownContact[]) => [...new Set(lines.map(({ contactId }) => contactId))];

const isErased = (line: KnownContact): line is Erased => line.erasedAt !== undefined;

const isReused = ({ workspaceId, erasedAt }: KnownContact, contact: StoredContact | undefined): boolean =>
  contact !== undefined &&
  (contact.workspaceId !== workspaceId || (erasedAt !== undefined && contact.createdAt > new Date(erasedAt)));
