import { Problem } from '@kith/contracts';
import { type PartialProfile, profile } from '@kith/contracts/contacts';

type Names = Pick<PartialProfile, 'name' | 'firstName' | 'lastName'>;

const NONE: Names = { name: null, firstName: null, lastName: null };

/**
 * What follows of a name from what is written of it: the parts from a name alone, the name from its parts. Where both are written, or what is
 * written says nothing new, nothing follows. Throws where parts join to more than a name may have.
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

/** A name may be twice as long as its parts (`profile`): the name says it all, and a part that is derived is cut. */
const PART_LENGTH = 100;

const part = (text: string): string | null => [...text].slice(0, PART_LENGTH).join('') || null;

function joined(name: string): string | null {
  const { success } = profile.shape.name.safeParse(name || null);
  if (success) return name || null;
  const errors = { name: ['firstName and lastName join to more than a name may have.'] };
  throw new Problem('invalid', 'The given data is invalid.', { errors });
}

/** Null and absent alike say nothing of a name that is being made. */
const isWritten = (value: string | null | undefined) => typeof value === 'string';

const changed = (written: string | null | undefined, known: string | null | undefined) =>
  written === known ? undefined : written;
