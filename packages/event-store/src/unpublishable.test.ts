import { expect, test } from '@jest/globals';
import { z } from 'zod';

import { reasonOf } from './unpublishable.ts';

const secret = 'ada@kith.example';

test('a reason names the place in the stored form, and not what stood there', () => {
  const { error } = z.strictObject({ email: z.int() }).safeParse({ email: secret, [secret]: 1 });
  const reason = reasonOf(error);
  expect(reason).toMatch(/^not in its stored form: email invalid_type/);
  expect(reason).not.toContain(secret);
});

test('a reason names the code of an error, and not its message', () => {
  const tooLarge = Object.assign(new Error(`too large: ${secret}`), { name: 'KafkaError', code: 10 });
  expect(reasonOf(tooLarge)).toBe('KafkaError 10');
});

test('a reason names the line of a bug, and not its message', () => {
  const reason = reasonOf(new TypeError(`${secret} is not a function`));
  expect(reason).toMatch(/^TypeError at .*unpublishable\.test\.ts:\d+:\d+/);
  expect(reason).not.toContain(secret);
});

test.each([secret, undefined, { message: secret }])('a reason says nothing of what is no error: %j', (thrown) => {
  expect(reasonOf(thrown)).toBe('unknown');
});
