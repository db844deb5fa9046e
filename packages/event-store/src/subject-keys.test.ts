import { beforeEach, describe, expect, test } from '@jest/globals';

import { type Keyring, keyring } from './sealing.ts';
import { subjectKeys } from './subject-keys.ts';

let unwrapped: string[];
beforeEach(() => {
  unwrapped = [];
});

const plain = keyring([Buffer.alloc(32, 'key')]);
const ring: Keyring = {
  ...plain,
  unwrap(subject, stored) {
    unwrapped.push(subject);
    return plain.unwrap(subject, stored);
  },
};
const notFound = expect.objectContaining({ name: 'Problem', kind: 'not-found' });

/** The key of a person whom an earlier write created. */
const stored = (subject: string) => {
  const { key, stored: wrapped } = plain.create(subject);
  return { key, stored: { subject, ...wrapped } };
};

describe('the key of a person who is new', () => {
  test('opens at once, and is to be stored so that it opens again', () => {
    const keys = subjectKeys(ring);
    keys.create('diary-ada');
    const key = keys.open('diary-ada');
    expect(keys.created).toMatchObject([{ subject: 'diary-ada', kek: ring.names[0] }]);
    expect(unwrapped).toEqual([]);

    const later = subjectKeys(ring);
    keys.created.forEach(later.add);
    expect(later.open('diary-ada')).toEqual(key);
  });

  test('is no one else’s', () => {
    const keys = subjectKeys(ring);
    keys.create('diary-ada');
    keys.create('diary-bob');
    expect(keys.open('diary-ada')).not.toEqual(keys.open('diary-bob'));
    expect(keys.created.map(({ subject }) => subject)).toEqual(['diary-ada', 'diary-bob']);
    expect(() => keys.open('diary-cy')).toThrow(notFound);
  });

  test('is stored wrapped, never in clear', () => {
    const keys = subjectKeys(ring);
    keys.create('diary-ada');
    expect(keys.created[0]?.wrapped.includes(keys.open('diary-ada'))).toBe(false);
  });
});

describe('the key of a person who is known', () => {
  test('opens, and is not stored again', () => {
    const keys = subjectKeys(ring);
    const ada = stored('diary-ada');
    keys.add(ada.stored);
    expect(keys.open('diary-ada')).toEqual(ada.key);
    expect(keys.created).toEqual([]);
  });

  test('is unwrapped once, however much is sealed by it', () => {
    const keys = subjectKeys(ring);
    keys.add(stored('diary-ada').stored);
    expect(keys.open('diary-ada')).toBe(keys.open('diary-ada'));
    expect(unwrapped).toEqual(['diary-ada']);
  });

  test('stays wrapped where nothing is sealed, so that an erasure needs no key-encryption key', () => {
    const elsewhere = keyring([Buffer.alloc(32, 'lost')]);
    const keys = subjectKeys(keyring([Buffer.alloc(32, 'found')]));
    keys.add({ subject: 'diary-ada', ...elsewhere.create('diary-ada').stored });
    expect(keys.knows('diary-ada')).toBe(true);
    expect(() => keys.open('diary-ada')).toThrow(expect.objectContaining({ kind: 'unavailable' }));
  });

  test('does not open for another person', () => {
    const keys = subjectKeys(ring);
    keys.add({ ...stored('diary-ada').stored, subject: 'diary-bob' });
    expect(() => keys.open('diary-bob')).toThrow();
  });
});

describe('a person who was erased, or never existed', () => {
  test('has no key: nothing can be sealed', () => {
    const keys = subjectKeys(ring);
    expect(keys.knows('diary-ada')).toBe(false);
    expect(() => keys.open('diary-ada')).toThrow(notFound);
    expect(keys.created).toEqual([]);
  });
});

describe('without an encryption key', () => {
  test('persons come into being without one', () => {
    const keys = subjectKeys(undefined);
    keys.create('diary-ada');
    expect([keys.created, keys.knows('diary-ada')]).toEqual([[], false]);
  });

  test('personal data is a fault of the installation, which names whose it is by id alone', () => {
    const keys = subjectKeys(undefined);
    keys.add(stored('diary-ada').stored);
    expect(() => keys.open('diary-ada')).toThrow(
      new Error('diary-ada has personal data, and no encryption key is configured.'),
    );
  });
});
