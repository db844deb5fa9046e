import { describe, expect, test } from '@jest/globals';

import { isOutage, isTimeout } from './outage.ts';
import { Problem } from './problem.ts';

const coded = (code: string, cause?: unknown) => Object.assign(new Error('it failed', { cause }), { code });
const answered = (statusCode: number) => Object.assign(new Error('it answered'), { statusCode });

describe('something is away', () => {
  test.each([
    ['nobody listens', coded('ECONNREFUSED')],
    ['the connection is cut', coded('ECONNRESET')],
    ['the name is not known now', coded('EAI_AGAIN')],
    ['nobody answers in time', coded('UND_ERR_HEADERS_TIMEOUT')],
    ['a signal ran out', Object.assign(new Error('late'), { name: 'TimeoutError' })],
    ['the server shuts down', coded('57P01')],
    ['the server starts', coded('57P03')],
    ['the connection was lost', coded('08006')],
    ['the server lets nobody in', coded('53300')],
    ['its disk is full', coded('53100')],
    ['it is a replica now', coded('25006')],
    ['its password is another now', coded('28P01')],
    ['a statement takes too long', coded('57014')],
    ['pg lost the connection', new Error('Connection terminated unexpectedly')],
    ['pg has no connection to give', new Error('timeout exceeded when trying to connect')],
    ['pg waits for an answer in vain', new Error('Query read timeout')],
    ['a service does not answer', new Problem('unavailable', 'Away.', { cause: coded('ECONNREFUSED') })],
    ['a service does not answer in time', new Problem('unavailable', 'Away.', { cause: new Error('No answer') })],
    ['a service answers 503', new Problem('unavailable', 'Away.', { cause: answered(503) })],
    ['a proxy answers 502', new Problem('unavailable', 'Away.', { cause: answered(502) })],
    ['a proxy answers 504', new Problem('unavailable', 'Away.', { cause: answered(504) })],
    ['the connection is given up', coded('ECONNABORTED')],
    ['the other end of a pipe is gone', coded('EPIPE')],
    ['the network takes too long', coded('ETIMEDOUT')],
    ['the host cannot be reached', coded('EHOSTUNREACH')],
    ['the network is down', coded('ENETDOWN')],
    ['the name is not known', coded('ENOTFOUND')],
    ['nobody takes the call in time', coded('UND_ERR_CONNECT_TIMEOUT')],
    ['an answer stops half-way', coded('UND_ERR_BODY_TIMEOUT')],
    ['the other side hangs up', coded('UND_ERR_SOCKET')],
    ['the database is not made yet', coded('3D000')],
    ['the server cannot read its disk', coded('58030')],
    ['pg waits for a connection in vain', new Error('timeout expired')],
    ['pg has closed the client', new Error('Client was closed and is not queryable')],
    ['pg lost the connection earlier', new Error('Client has encountered a connection error and is not queryable')],
    ['that is what an error came of', new Error('checking', { cause: coded('ECONNREFUSED') })],
  ])('when %s', (_, error) => expect(isOutage(error)).toBe(true));
});

describe('nothing is away', () => {
  test.each([
    ['when there is a bug', new TypeError('undefined is not a function')],
    ['when a constraint is violated', coded('23505')],
    ['when a transaction met another', coded('40P01')],
    ['when a value cannot be stored', coded('22021')],
    ['when a table is missing', coded('42P01')],
    ['when a code only begins like one', coded('ECONNREFUSED_NOT')],
    ['when a service fails at what it was asked', new Problem('unavailable', 'Failed.', { cause: answered(500) })],
    ['when pg words only look like one', new Error('The Connection terminated')],
    ['when a service refuses', new Problem('conflict', 'No.', { cause: coded('ECONNREFUSED') })],
    ['when what was thrown is no error', 'ECONNREFUSED'],
  ])('%s', (_, error) => expect(isOutage(error)).toBe(false));
});

test('work that took too long may be smaller the next time', () => {
  expect([coded('57014'), new Error('Query read timeout'), coded('ECONNREFUSED')].map(isTimeout)).toEqual([
    true,
    true,
    false,
  ]);
});
