import { commandHandler, forgetErased } from '@kith/event-store';
import type { Pool } from 'pg';

import { type VerificationState, verification, verifiedEvent } from './domain/verification.ts';
import { closedChecks, forgottenChecks } from './projections/closed-checks.ts';
import { verdictRow } from './projections/verdict-row.ts';
import { answerQueries } from './queries/answers.ts';
import { openChecks } from './queries/open-checks.ts';
import { verdictQueries } from './queries/verdicts.ts';

const isForgotten = ({ status }: VerificationState) => status === 'forgotten';

export const verificationAggregate = {
  category: 'contact',
  decider: verification,
  schema: verifiedEvent,
  row: verdictRow,
  subject: (id: string) => `contact-${id}`,
  projections: [closedChecks, forgottenChecks, ...forgetErased('contact', isForgotten)],
};

/** The name of the relay that follows the feed into Kafka. */
export const RELAY = 'kafka';

export type Services = ReturnType<typeof services>;

export const services = (pool: Pool, onAppended: () => void = () => {}) => ({
  verifications: commandHandler(pool, verificationAggregate, { onAppended }),
  openChecks: openChecks(pool),
  verdicts: verdictQueries(pool),
  ...answerQueries(pool, RELAY),
});
