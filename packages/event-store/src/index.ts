export type { Aggregate, Change, Projection, Row } from './aggregate.ts';
export {
  type Addressed,
  type CommandContext,
  type CommandHandler,
  commandHandler,
  type KeyedRequest,
} from './command-handler.ts';
export type { Decider, DomainEvent, Recorded } from './decider.ts';
export { forgetErased } from './erasure.ts';
export { differingRows, readStream, toDomainEvent } from './fold.ts';
export { type Answer, forgetOldAnswers } from './idempotency.ts';
export { migrate } from './migrate.ts';
export { parkingLot } from './parking-lot.ts';
export { openPool } from './pool.ts';
export { startRelay, type Relay } from './relay.ts';
export { keyring, type Keyring } from './sealing.ts';
export type { Sql } from './sql.ts';
export type { Meta, StoredEvent } from './stored-event.ts';
