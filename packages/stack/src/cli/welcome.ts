import type { LocalSystem } from '../system/local-system.ts';

/** The text in the terminal when everything answers. Its first calls can be copied and pasted. */
export function welcome({ summary, demoList }: LocalSystem): string {
  const { gatewayUrl, token, topics, kafkaBrokers, home } = summary;
  // The certificate is for the name that clients use, not for 127.0.0.1.
  const curl = gatewayUrl.startsWith('https:') ? 'curl -sk' : 'curl -s';
  return `
Kith runs.

  Gateway  ${gatewayUrl}
  Token    ${token}   (demo workspace, all scopes)
  Topics   ${Object.values(topics).join('  ')}   on ${kafkaBrokers.join(',')}
  Logs     ${home}/logs

Create a contact:

  ${curl} ${gatewayUrl}/api/v1/contact-lists/${demoList}/contacts -H 'Authorization: Bearer ${token}' \\
    -H 'Content-Type: application/json' -d '{"name": "Ada Lovelace", "email": "ada@kith.test", "phone": "+14155552671"}'

Read it by the id in the answer; its statuses turn from pending to valid:

  ${curl} ${gatewayUrl}/api/v1/contacts/1 -H 'Authorization: Bearer ${token}'

Watch the topics in another terminal:

  KITH_HOME='${home}' npm run --silent -w examples/subscriber start

Ctrl-C stops everything. The data is kept.
`;
}
