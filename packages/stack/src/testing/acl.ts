import type { AclEntry } from 'kafkajs';

import { withAdmin } from '../kafka/admin.ts';

// These are Kafka's own numbers: Node.js finds no names for them among kafkajs' exports.
const [TOPIC, GROUP] = [2, 3] as const;
const [LITERAL, PREFIXED] = [3, 4] as const;
const [READ, WRITE] = [3, 4] as const;
const [DENY, ALLOW] = [2, 3] as const;

/** An operation: join the groups with this prefix, read a topic, or write to a topic. */
type Operation = { readonly readGroups: string } | { readonly readTopic: string } | { readonly writeTopic: string };

/** Makes Kafka refuse the operation to everybody, until disposed of. Our broker allows everything that no ACL mentions. */
export const refuse = (brokers: readonly string[], operation: Operation) => acl(brokers, operation, DENY);

/** Makes Kafka allow everybody this operation and no other on the same topic or groups, until disposed of. */
export const allowOnly = (brokers: readonly string[], operation: Operation) => acl(brokers, operation, ALLOW);

async function acl(brokers: readonly string[], operation: Operation, permissionType: AclEntry['permissionType']) {
  const entry: AclEntry = { ...resourceOf(operation), principal: 'User:ANONYMOUS', host: '*', permissionType };
  await withAdmin(brokers, { retries: 5 }, (admin) => admin.createAcls({ acl: [entry] }));
  return {
    async [Symbol.asyncDispose]() {
      await withAdmin(brokers, { retries: 5 }, (admin) => admin.deleteAcls({ filters: [entry] }));
    },
  };
}

function resourceOf(operation: Operation) {
  if ('readGroups' in operation) {
    return { resourceType: GROUP, resourceName: operation.readGroups, resourcePatternType: PREFIXED, operation: READ };
  }
  const topic = { resourceType: TOPIC, resourcePatternType: LITERAL } as const;
  return 'readTopic' in operation
    ? { ...topic, resourceName: operation.readTopic, operation: READ }
    : { ...topic, resourceName: operation.writeTopic, operation: WRITE };
}
