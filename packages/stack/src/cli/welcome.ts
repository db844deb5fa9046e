import type { LocalSystem } from '../system/local-system.ts';

/** What the terminal shows when everything answers: enough to make the first calls by copy and paste. */
export function welcome({ summary, demoList }: LocalSystem): string {
  const { gatewayUrl, token, topics, kafkaBrokers, home } = summary;
  // The certificate is made for the name that clients use, which is not 127.0.0.1.
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

Read it, by the id that was answered; its statuses turn from pending to valid:

  ${curl} ${gatewayUrl}/api/v1/contacts/1 -H 'Authorization: Bearer ${token}'

Watch the topics, in another terminal:

  KITH_HOME='${home}' npm run --silent -w examples/subscriber start

Ctrl-C stops everything and keeps the data.
`;
}
