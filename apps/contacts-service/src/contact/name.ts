import { Problem } from '@kith/contracts';
import { type PartialProfile, profile } from '@kith/contracts/contacts';

type Names = Pick<PartialProfile, 'name' | 'firstName' | 'lastName'>;

const NONE: Names = { name: null, firstName: null, lastName: null };

/**
 * Derives the parts from a name alone, and the name from its parts. Nothing is derived where both are written, or where the written ones change
 * nothing. Throws where the parts join to more than a name may have.
 */
export function withName(written: Names, known: Names = NONE): Names {
  const name = changed(written.name, known.name);
  const [first, last] = [changed(written.firstName, known.firstName), changed(written.lastName, known.lastName)];
  const parts = isWritten(written.firstName) || isWritten(written.lastName);

  if (typeof name === 'string' && !parts) {
    const [head = '', ...rest] = name.trim().split(/\s+/u);
    return { firstName: part(head), lastName: part(rest.join(' ')) };
  }
  if (!isWritten(written.name) && (first !== undefined || last !== undefined)) {
    const [joinedFirst, joinedLast] = [written.firstName ?? known.firstName, written.lastName ?? known.lastName];
    return { name: joined([joinedFirst, joinedLast].filter((part) => typeof part === 'string').join(' ')) };
  }
  return {};
}

/** A name may be twice as long as its parts (`profile`): the name stays whole, and a derived part is cut. */
const PART_LENGTH = 100;

const part = (text: string): string | null => [...text].slice(0, PART_LENGTH).join('') || null;

function joined(name: string): string | null {
  const { success } = profile.shape.name.safeParse(name || null);
  if (success) return name || null;
  const errors = { name: ['firstName and lastName join to more than a name may have.'] };
  throw new Problem('invalid', 'The given data is invalid.', { errors });
}

/** In a new name, null and absent mean the same. */
const isWritten = (value: string | null | undefined) => typeof value === 'string';

const changed = (written: string | null | undefined, known: string | null | undefined) =>
  written === known ? undefined : written;
