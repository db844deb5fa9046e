import { stringify } from 'yaml';

import type { Example } from './examples.ts';
import type { JsonSchema } from './payload-schema.ts';
import { type DocumentedEvent, type DocumentedTopic, topics } from './topics.ts';

const BINDING = '0.5.0';
const PARTITIONS = 12;
const WEEK_MS = 604_800_000;

const text = (description: string, more: object = {}) => ({ type: 'string', description, ...more });

/** CloudEvents 1.0, Kafka protocol binding, binary mode: attributes are headers. */
const headers = {
  type: 'object',
  required: ['content-type', 'ce_specversion', 'ce_id', 'ce_type', 'ce_source', 'ce_subject', 'ce_time', 'ce_sequence'],
  properties: {
    'content-type': { type: 'string', const: 'application/json' },
    ce_specversion: { type: 'string', const: '1.0' },
    ce_id: text('Of this event. The same in every copy of it.', { format: 'uuid' }),
    ce_type: text('Which event it is. Skip a type that you do not know.'),
    ce_source: text('The service whose event it is.'),
    ce_subject: text('What it is about: `contacts/123`. One key may carry several subjects.'),
    ce_time: text('When it was recorded, in UTC.', { format: 'date-time' }),
    ce_sequence: text('Its place among the events of its `ce_subject` on this topic, a decimal number.', {
      pattern: '^[1-9][0-9]*$',
    }),
    ce_again: text(
      'A copy, told again because a service has not answered it. Like any other copy: skip what you have applied.',
      {
        const: 'true',
      },
    ),
    traceparent: text('W3C Trace Context of the request it came of, if any.'),
    'x-request-id': text('A UUID, of the request it came of, if any.'),
  },
};

/** By what a message is keyed: the first of these that its data holds. */
const SUBJECTS = [
  { id: 'contactId', collection: 'contacts', prefix: '', pattern: '^[0-9]+$', description: 'The contact’s id.' },
  {
    id: 'listId',
    collection: 'contact-lists',
    prefix: 'list-',
    pattern: '^list-[0-9]+$',
    description: '`list-` and the list’s id.',
  },
  { id: 'tokenId', collection: 'tokens', prefix: '', pattern: '^tok_', description: 'The token’s id.' },
  { id: 'accountId', collection: 'accounts', prefix: '', pattern: '^acc_', description: 'The account’s id.' },
] as const;

function subjectOf(type: string, data: object) {
  const subject = SUBJECTS.find(({ id }) => id in data);
  if (!subject)
    throw new Error(`${type} holds none of ${SUBJECTS.map(({ id }) => id).join(', ')}: by what is it keyed?`);
  return subject;
}

const propertiesOf = ({ properties, anyOf }: JsonSchema): object =>
  properties ?? Object.assign({}, ...(anyOf ?? []).map((schema) => propertiesOf(schema)));

function message({ name, owner }: DocumentedTopic, { type, payload, examples }: DocumentedEvent) {
  const { pattern, description } = subjectOf(type, propertiesOf(payload));
  return {
    name: type,
    title: type,
    traits: [{ $ref: '#/components/messageTraits/cloudEvent' }],
    headers: { type: 'object', properties: { ce_type: { type: 'string', const: type } } },
    payload: {
      schemaFormat: 'application/schema+json;version=draft-07',
      schema: { $ref: `./events/${name}/${type}.json` },
    },
    bindings: { kafka: { key: { type: 'string', pattern, description }, bindingVersion: BINDING } },
    examples: examples.map((example) => sample(type, owner, example)),
  };
}

function sample(type: string, owner: string, { summary, sequence, data }: Example) {
  const { id, collection } = subjectOf(type, data);
  return {
    summary,
    headers: {
      'content-type': 'application/json',
      ce_specversion: '1.0',
      ce_id: `019a9d3e-7f1a-7c52-9e0b-${String(sequence).padStart(12, '0')}`,
      ce_type: type,
      ce_source: `/kith/${owner}`,
      ce_subject: `${collection}/${String((data as Record<string, unknown>)[id])}`,
      ce_time: `2026-11-21T08:0${sequence - 1}:00.000Z`,
      ce_sequence: String(sequence),
    },
    payload: data,
  };
}

const nameOf = ({ name }: DocumentedTopic) => name.replace(/\.v\d+$/, '');
const byType = <Value>({ events }: DocumentedTopic, value: (event: DocumentedEvent) => Value) =>
  Object.fromEntries(events.map((event) => [event.type, value(event)]));

const channel = (topic: DocumentedTopic) => ({
  address: `kith.${topic.name}`,
  title: `kith.${topic.name}`,
  description: `${topic.description} Written by ${topic.owner}. Messages are kept for seven days.`,
  messages: byType(topic, ({ type }) => ({ $ref: `#/components/messages/${type}` })),
  bindings: {
    kafka: {
      partitions: PARTITIONS,
      topicConfiguration: { 'cleanup.policy': ['delete'], 'retention.ms': WEEK_MS },
      bindingVersion: BINDING,
    },
  },
});

const operation = (topic: DocumentedTopic) => ({
  action: 'send',
  channel: { $ref: `#/channels/${nameOf(topic)}` },
  summary: `What ${topic.owner} tells.`,
});

const perTopic = <Value>(value: (topic: DocumentedTopic) => Value) =>
  Object.fromEntries(topics.map((topic) => [nameOf(topic), value(topic)]));

const asyncApi = () => ({
  asyncapi: '3.0.0',
  info: {
    title: 'Kith',
    version: '1',
    description:
      'What Kith tells of contacts, their verification and tokens, as CloudEvents 1.0 in binary mode: the message’s value is the JSON data alone. At least once, in order per key. `kith` is the installation’s `KAFKA_TOPIC_PREFIX`. How to subscribe: events.md.',
    license: { name: 'Apache-2.0' },
  },
  defaultContentType: 'application/json',
  servers: {
    installation: {
      host: '{brokers}',
      protocol: 'kafka',
      description: 'Your Kafka.',
      variables: { brokers: { default: 'localhost:9092', description: 'KAFKA_BROKERS' } },
    },
  },
  channels: perTopic(channel),
  operations: perTopic(operation),
  components: {
    messageTraits: { cloudEvent: { contentType: 'application/json', headers } },
    messages: Object.assign({}, ...topics.map((topic) => byType(topic, (event) => message(topic, event)))),
  },
});

export const asyncApiYaml = () =>
  `# Written by \`npm run documents\` from packages/contracts.\n${stringify(asyncApi(), { aliasDuplicateObjects: false, lineWidth: 120 })}`;
