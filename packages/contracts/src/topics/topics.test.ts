import { describe, expect, test } from '@jest/globals';

import { contactsExamples, type Example, tokensExamples, verificationExamples } from '../../documents/examples.ts';
import { contactsTopic, publishedContactsEvent, tokensTopic, verificationTopic } from './index.ts';

const topics = [
  { topic: contactsTopic, examples: contactsExamples },
  { topic: verificationTopic, examples: verificationExamples },
  { topic: tokensTopic, examples: tokensExamples },
];
const messages = topics.flatMap(({ topic: { schema }, examples }) =>
  Object.entries<readonly Example[]>(examples).flatMap(([type, of]) =>
    of.map(({ summary, data }) => ({ type, summary, data, schema })),
  ),
);
const isShell = ({ summary }: { summary: string }) => summary.startsWith('A shell');
const whole = messages.filter((message) => !isShell(message));

/** The value with one more member in each of its objects, as a later release may write them. */
function grown(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(grown);
  if (typeof value !== 'object' || value === null) return value;
  return { ...Object.fromEntries(Object.entries(value).map(([name, of]) => [name, grown(of)])), addedLater: [1] };
}

describe('a message of a later release', () => {
  test.each(whole)('is read without what it adds: $type ($summary)', ({ type, data, schema }) => {
    expect(schema.parse({ type, data: grown(data) })).toEqual({ type, data });
  });

  test.each(topics)('is not taken for another if its type is new: $topic.name', ({ topic }) => {
    expect(topic.schema.safeParse({ type: 'ContactCloned', data: {} }).success).toBe(false);
  });
});

describe('a message that has lost something', () => {
  // A list's name is all that its shell lacks.
  const members = whole.flatMap((message) =>
    Object.keys(message.data)
      .filter((member) => message.type !== 'ContactListCreated' || member !== 'name')
      .map((member) => ({ ...message, member })),
  );

  test.each(members)('is refused, not read as a shell: $type without $member', ({ type, data, schema, member }) => {
    const { [member]: _, ...rest } = data as Record<string, unknown>;
    expect(schema.safeParse({ type, data: rest }).success).toBe(false);
  });
});

test.each(topics)('a consumer of $topic.name knows every type by name', ({ topic, examples }) => {
  expect(topic.types).toEqual(Object.keys(examples));
});

test('the topics keep the names that consumers subscribe to', () => {
  expect(topics.map(({ topic }) => topic.name)).toEqual(['contacts.v1', 'verification.v1', 'tokens.v1']);
});

describe('a value that may no longer be written', () => {
  const [{ data }] = contactsExamples.ContactCreated as unknown as [{ data: { contact: object } }];

  test.each([
    ['name', ''],
    ['email', 'ada at kith'],
    ['phone', '12'],
    ['website', 'gopher://kith.example'],
    ['timezone', 'Europe/Atlantis'],
    ['dateOfBirth', 'in spring'],
    ['note', 'x'.repeat(6000)],
    ['address', { line1: '', line2: null, city: null, region: null, postalCode: 'x'.repeat(30), country: 'Portugal' }],
  ])('is still read where it was published: %s', (member, value) => {
    const created = { ...data, contact: { ...data.contact, [member]: value } };
    expect(contactsTopic.schema.parse({ type: 'ContactCreated', data: created })).toEqual({
      type: 'ContactCreated',
      data: created,
    });
    const [{ data: changed }] = contactsExamples.ContactChanged as unknown as [{ data: object }];
    const changes = { old: { [member]: value }, new: { [member]: null } };
    expect(contactsTopic.schema.parse({ type: 'ContactChanged', data: { ...changed, changes } })).toMatchObject({
      data: { changes },
    });
  });
});

test('a verdict is final: nobody publishes that a check is pending', () => {
  const [{ data }] = verificationExamples.StatusVerified as unknown as [{ data: object }];
  const told = (status: string) =>
    verificationTopic.schema.safeParse({ type: 'StatusVerified', data: { ...data, status } }).success;
  expect([told('risky'), told('pending')]).toEqual([true, false]);
});

test('an event that is asked for over HTTP has its id, its sequence and its time, as on the topic', () => {
  const [{ data }] = contactsExamples.ContactErased as unknown as [{ data: object }];
  const event = { type: 'ContactErased', data };
  const answer = { id: '018f2b6e-7c1a-7d3e-9b5f-2a4c6e8f0a1b', sequence: 6, time: '2026-11-21T08:00:00.000Z', event };
  expect(publishedContactsEvent.parse(answer)).toEqual(answer);
  for (const wrong of [{ id: '6' }, { sequence: 0 }, { time: '2026-11-21' }, { event: { ...event, type: 'Erased' } }]) {
    expect(publishedContactsEvent.safeParse({ ...answer, ...wrong }).success).toBe(false);
  }
});
