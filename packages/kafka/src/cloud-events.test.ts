import { describe, expect, test } from '@jest/globals';

import { fromCloudEvent, type RawMessage, toCloudEvent } from './cloud-events.ts';
import { noted, noteTopic } from './testing/notes.ts';

const outgoing = noted('7', 3, 'hello');

function raw(
  changes: { headers?: Record<string, string | undefined>; value?: string | null; key?: string | null } = {},
): RawMessage {
  const { headers, value, key } = toCloudEvent(outgoing);
  const merged = Object.entries({ ...headers, ...changes.headers }).filter(([, text]) => text !== undefined);
  const text = changes.value === undefined ? value : changes.value;
  return {
    partition: 4,
    offset: '12',
    key: changes.key === undefined ? key : changes.key,
    headers: Object.fromEntries(merged),
    value: text === null ? null : Buffer.from(text),
  };
}

describe('a message on the wire', () => {
  test('is a CloudEvent in binary mode whose value is the data alone', () => {
    expect(
      toCloudEvent({
        ...outgoing,
        traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
        requestId: '7f1a7c52-9e0b-4d1d-8c1f-2a3b019a9d3e',
      }),
    ).toEqual({
      key: '7',
      value: '{"text":"hello"}',
      headers: {
        'content-type': 'application/json',
        ce_specversion: '1.0',
        ce_id: 'note-7-3',
        ce_type: 'Noted',
        ce_source: '/kith/tests',
        ce_subject: 'notes/7',
        ce_time: '2026-11-21T08:00:00.000Z',
        ce_sequence: '3',
        traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
        'x-request-id': '7f1a7c52-9e0b-4d1d-8c1f-2a3b019a9d3e',
      },
    });
  });

  test('says that it is a copy, and is read as one', () => {
    const { headers } = toCloudEvent({ ...outgoing, again: true });
    expect(headers).toMatchObject({ ce_again: 'true', ce_id: 'note-7-3', ce_sequence: '3' });
    expect(fromCloudEvent(noteTopic, raw({ headers }))).toMatchObject({ message: { again: true, sequence: 3 } });
    expect(fromCloudEvent(noteTopic, raw({ headers: { ce_again: 'no' } }))).toMatchObject({
      message: expect.not.objectContaining({ again: expect.anything() }),
    });
  });

  test('is read as it was written', () => {
    expect(fromCloudEvent(noteTopic, raw())).toEqual({
      outcome: 'readable',
      message: {
        key: '7',
        id: 'note-7-3',
        source: '/kith/tests',
        subject: 'notes/7',
        sequence: 3,
        time: outgoing.time,
        partition: 4,
        offset: '12',
        event: outgoing.event,
      },
    });
  });

  test.each([
    [
      'as they were',
      {
        traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
        'x-request-id': '7f1a7c52-9e0b-4d1d-8c1f-2a3b019a9d3e',
      },
      {
        traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
        requestId: '7f1a7c52-9e0b-4d1d-8c1f-2a3b019a9d3e',
      },
    ],
    ['not in another form, which may say something of somebody', { traceparent: '00-ada', 'x-request-id': 'ada' }, {}],
  ])('has its trace and its request read %s', (_, headers, expected) => {
    const reading = fromCloudEvent(noteTopic, raw({ headers }));
    const { traceparent, requestId } = reading.outcome === 'readable' ? reading.message : {};
    expect({ traceparent, requestId }).toEqual(expected);
  });

  test('of an unknown type is left to others', () => {
    expect(fromCloudEvent(noteTopic, raw({ headers: { ce_type: 'NoteBurnt' }, value: 'anything' }))).toEqual({
      outcome: 'unknown-type',
    });
  });

  test.each([
    ['without a type', { headers: { ce_type: undefined } }, 'no ce_type'],
    ['without a key', { key: null }, 'no key'],
    ['without an id', { headers: { ce_id: undefined } }, 'headers: ce_id invalid_type'],
    [
      'without a subject, by which its sequence counts,',
      { headers: { ce_subject: undefined } },
      'headers: ce_subject invalid_type',
    ],
    ['whose sequence is no number', { headers: { ce_sequence: 'x' } }, 'headers: ce_sequence invalid_format'],
    ['that is no JSON', { value: '{"text":"ada@exam' }, 'value: no JSON'],
    ['without a value', { value: null }, 'value: no JSON'],
    ['that is not what its type says', { value: '{"text":17}' }, 'value: data.text invalid_type'],
  ])('%s is poison, and the reason does not repeat what it says', (_, changes, reason) => {
    expect(fromCloudEvent(noteTopic, raw(changes))).toEqual({ outcome: 'poison', reason });
  });
});
