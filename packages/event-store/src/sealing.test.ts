import { randomBytes } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';

import { keyring, seal, unseal } from './sealing.ts';

describe('a data key', () => {
  const [old, current] = [randomBytes(32), randomBytes(32)];

  test('made under a key that was rotated out of first place still opens', () => {
    const { key, stored } = keyring([old]).create('stream');
    expect(keyring([current, old]).unwrap('stream', stored)).toEqual(key);
  });

  test('without its key-encryption key is refused by that name, never guessed', () => {
    const { stored } = keyring([old]).create('stream');
    expect(() => keyring([current]).unwrap('stream', stored)).toThrow(stored.kek);
  });

  test('of one stream does not open as that of another', () => {
    const { stored } = keyring([old]).create('stream');
    expect(() => keyring([old]).unwrap('another', stored)).toThrow();
  });

  test('that is not 32 bytes long is refused', () => {
    expect(() => keyring([Buffer.alloc(16)])).toThrow('32');
  });
});

describe('a sealed value', () => {
  const key = randomBytes(32);
  const sealed = seal(key, 'stream', 1, 'Written', { text: 'secret' });

  test('opens in its place', () => {
    expect(unseal(key, 'stream', 1, 'Written', sealed)).toEqual({ text: 'secret' });
  });

  test.each([
    ['stream', 'other', 1, 'Written'],
    ['version', 'stream', 2, 'Written'],
    ['type', 'stream', 1, 'Changed'],
  ])('does not open at another %s', (_, stream, version, type) => {
    expect(() => unseal(key, stream, version, type, sealed)).toThrow();
  });

  test('that was tampered with does not open', () => {
    const tampered = Buffer.from(sealed);
    tampered[tampered.length - 1] = (tampered.at(-1) ?? 0) ^ 1;
    expect(() => unseal(key, 'stream', 1, 'Written', tampered)).toThrow();
  });
});
