export { testDatabase } from './database.ts';
export { eventually } from './eventually.ts';
export { testTopics } from './topics.ts';
export { startSystem, type System } from './start-system.ts';
