import { type logCreator, logLevel } from 'kafkajs';

import type { Log } from '../port.ts';

// Every restart of a broker or rebalance of a group causes these; kafkajs calls most of them errors.
const ROUTINE =
  /coordinator is (loading|not available|not aware)|not the (correct )?coordinator|rebalanc|re-joining|rejoin|not aware of this member|no leader|leadership election|not the leader|metadata|disconnected|Restarting the consumer|Response without match/i;

/** kafkajs' levels are not ours: what it calls an error it mostly mends itself, and what it does not mend it throws. */
export const toOurLevels =
  (log: Log): logCreator =>
  () =>
  ({ level, namespace, log: { message, broker, groupId, error, retryCount } }) => {
    const fields = { kafkajs: namespace, broker, groupId, error: textOf(error), retryCount };
    const words = typeof message === 'string' ? message : textOf(message);
    if (level === logLevel.ERROR && !ROUTINE.test(`${words} ${fields.error}`)) log.warn(fields, words);
    else log.debug(fields, words);
  };

const textOf = (value: unknown): string =>
  Error.isError(value) ? value.message : typeof value === 'string' ? value : '';
