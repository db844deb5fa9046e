import { expect, test } from '@jest/globals';

import { listmonk } from './listmonk.ts';

const ada = { name: 'Ada Lovelace', email: 'ada@kith.test', phone: '+14155552671' };

test('a subscriber is created with the fields of our contact, in no list', () => {
  const { body, ...request } = listmonk.create('bench:secret', ada);
  expect(request).toEqual({
    method: 'POST',
    path: '/api/subscribers',
    headers: { authorization: 'token bench:secret', 'content-type': 'application/json' },
  });
  expect(JSON.parse(body ?? '')).toEqual({
    name: 'Ada Lovelace',
    email: 'ada@kith.test',
    status: 'enabled',
    lists: [],
    attribs: { phone: '+14155552671' },
  });
});

test('a subscriber is read by the id in the answer to its creation', () => {
  const id = listmonk.idOf('{"data":{"id":42,"email":"ada@kith.test"}}');
  expect(listmonk.read('bench:secret', id)).toMatchObject({ method: 'GET', path: '/api/subscribers/42' });
});
