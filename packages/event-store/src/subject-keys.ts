import { Problem } from '@kith/contracts';

import type { Keyring, WrappedKey } from './sealing.ts';

/** A data key as it is stored. */
export type StoredKey = WrappedKey & { readonly subject: string };

export type SubjectKeys = ReturnType<typeof subjectKeys>;

/** The data keys that one write seals by. A key is unwrapped when something is sealed by it: an erasure needs none. */
export function subjectKeys(ring: Keyring | undefined) {
  const stored = new Map<string, WrappedKey>();
  const opened = new Map<string, Buffer>();
  const created: StoredKey[] = [];

  return {
    /** Those that this write is to store. */
    created: created as readonly StoredKey[],
    knows: (subject: string): boolean => stored.has(subject),
    add: ({ subject, kek, wrapped }: StoredKey): void => void stored.set(subject, { kek, wrapped }),

    /** Only for the first event of the subject's own stream: an erased person must never get a second key. */
    create(subject: string): void {
      if (!ring) return;
      const made = ring.create(subject);
      stored.set(subject, made.stored);
      opened.set(subject, made.key);
      created.push({ subject, ...made.stored });
    },

    /** Throws the problem `not-found` where the person was erased or never existed. */
    open(subject: string): Buffer {
      if (!ring) throw new Error(`${subject} has personal data, and no encryption key is configured.`);
      const wrapped = stored.get(subject);
      if (!wrapped) throw new Problem('not-found', 'The person that this is about does not exist, or was erased.');
      let key = opened.get(subject);
      if (!key) opened.set(subject, (key = ring.unwrap(subject, wrapped)));
      return key;
    },
  };
}
