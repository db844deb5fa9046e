export { allowOnly, refuse } from './acl.ts';
export { testDatabase } from './database.ts';
export { eventually } from './eventually.ts';
export { everyRow, query } from './inspect.ts';
export { lag, type Message, readMessages, sendAgain } from './messages.ts';
export { startNetwork } from './network.ts';
export { serverLogs } from './run.ts';
export { testTopics } from './topics.ts';
export { startSystem, type System } from './start-system.ts';
