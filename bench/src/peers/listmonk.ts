import type { PeerApi } from './peer.ts';

/** listmonk's API of subscribers (listmonk.app/docs/apis/subscribers). Subscribers are in no list, so that no opt-in mail is sent. */
export const listmonk: PeerApi = {
  name: 'listmonk',
  create: (credential, { name, email, phone }) => ({
    method: 'POST',
    path: '/api/subscribers',
    headers: { ...authorization(credential), 'content-type': 'application/json' },
    body: JSON.stringify({ name, email, status: 'enabled', lists: [], attribs: { phone } }),
  }),
  created: 200,
  idOf: (body) => String((JSON.parse(body) as { data: { id: number } }).data.id),
  read: (credential, id) => ({
    method: 'GET',
    path: `/api/subscribers/${id}`,
    headers: authorization(credential),
  }),
  goals: {
    create: { 8: 0.4, 32: 0.6 },
    settled: { 32: 0.5 },
    read: { 8: 0.85, 32: 1.3 },
  },
  known:
    'listmonk, on the machine of 24 November with 5 s between turns: 2,422 creates/s at 8 connections, 2,494/s at 32 (speed.md, section 2); 642 to 750/s in an older run (quality.md, G2b).',
};

const authorization = (credential: string) => ({ authorization: `token ${credential}` });
