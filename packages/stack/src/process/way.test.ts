import { expect, test } from '@jest/globals';

import { firstWay, type Way } from './way.ts';

const open = (name: string): Way<string> => ({ name, find: async () => ({ start: async () => name }) });
const closed = (name: string, reason: string): Way<string> => ({ name, find: async () => ({ reason }) });

test('the first way that applies is taken, and the log says why an earlier one does not apply', async () => {
  const said: string[] = [];
  const ways = [closed('environment', 'X is not set'), closed('jars', 'there is no java'), open('Docker')];
  expect(await firstWay('Kafka', ways, (line) => said.push(line))).toBe('Docker');
  expect(said).toEqual(['Kafka, jars: there is no java']);
});

test('when no way applies, the error names each way and its reason', async () => {
  const ways = [closed('environment', 'X is not set'), closed('jars', 'no java'), closed('Docker', 'no answer')];
  await expect(firstWay('Kafka', ways, () => {})).rejects.toThrow(
    'There is no way to start Kafka here.\n  - environment: X is not set\n  - jars: no java\n  - Docker: no answer',
  );
});

test('when a way applies and then fails, its error is thrown and no other way is tried', async () => {
  const failing: Way<string> = {
    name: 'jars',
    find: async () => ({ start: () => Promise.reject(new Error('the port is in use')) }),
  };
  await expect(firstWay('Kafka', [failing, open('Docker')], () => {})).rejects.toThrow('the port is in use');
});
