import type { AclEntry } from 'kafkajs';

import { withAdmin } from '../kafka/kafka-admin.ts';

// Kafka's own numbers: Node.js finds no such names among what kafkajs exports.
const [TOPIC, GROUP] = [2, 3] as const;
const [LITERAL, PREFIXED] = [3, 4] as const;
const [READ, WRITE] = [3, 4] as const;
const [DENY, ALLOW] = [2, 3] as const;

/** To join the groups whose names begin so, to read a topic, to write to it. */
type Act = { readonly readGroups: string } | { readonly readTopic: string } | { readonly writeTopic: string };

/** Has Kafka refuse this to everybody, until it is disposed of. Our broker lets everybody do all that no ACL mentions. */
export const refuse = (brokers: readonly string[], act: Act) => acl(brokers, act, DENY);

/** Has Kafka let everybody do this and, of all that can be done to the same topic or groups, no more; until it is disposed of. */
export const allowOnly = (brokers: readonly string[], act: Act) => acl(brokers, act, ALLOW);

async function acl(brokers: readonly string[], act: Act, permissionType: AclEntry['permissionType']) {
  const entry: AclEntry = { ...resourceOf(act), principal: 'User:ANONYMOUS', host: '*', permissionType };
  await withAdmin(brokers, { retries: 5 }, (admin) => admin.createAcls({ acl: [entry] }));
  return {
    async [Symbol.asyncDispose]() {
      await withAdmin(brokers, { retries: 5 }, (admin) => admin.deleteAcls({ filters: [entry] }));
    },
  };
}

function resourceOf(act: Act) {
  if ('readGroups' in act) {
    return { resourceType: GROUP, resourceName: act.readGroups, resourcePatternType: PREFIXED, operation: READ };
  }
  const [resourceName, operation] = 'readTopic' in act ? [act.readTopic, READ] : [act.writeTopic, WRITE];
  return { resourceType: TOPIC, resourceName, resourcePatternType: LITERAL, operation };
}
