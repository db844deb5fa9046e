import { join } from 'node:path';

import type { ContactsEvent } from '@kith/contracts/topics';
import { differingRows, migrate, openPool } from '@kith/event-store';
import type { Incoming } from '@kith/kafka';
import { testDatabase } from '@kith/stack/testing';

import { services, verificationAggregate } from './services.ts';
import type { Finding } from './checks/check.ts';
import type { Checks } from './checks/index.ts';
import type { PublishedEvent } from './clients/contacts.ts';
import { type Intake, takeIn } from './consumers/contacts.ts';
import type { Room } from './processes/places.ts';
import { settle } from './processes/settle.ts';

export const DEADLINE_MS = 60_000;
const LEASE_MS = 30_000;
const ROOM: Room = { shared: 32, reserved: 0, few: 0, held: new Map() };

/** The service on a database of its own, by a clock that only tests move, between a topic and name servers that the tests play. */
export async function serviceOnDatabase() {
  const database = await testDatabase();
  await migrate(database.url, join(import.meta.dirname, '../migrations'));
  const pool = openPool(database.url);
  const deps = services(pool);

  let now = new Date('2026-01-01T00:00:00Z');
  let contacts = 0;
  const clock = () => now;
  const checked: string[] = [];
  const errors: unknown[] = [];
  const missed: PublishedEvent[] = [];

  /** A worker whose check of e-mail addresses answers this. */
  const saying = (finding: () => Finding | Promise<Finding>) => {
    const ask = async (value: string) => (checked.push(value), finding());
    const settled: Finding = { says: 'settled', status: 'invalid', reason: 'not_a_valid_number' };
    const checks: Checks = {
      email: [{ name: 'stub', asks: 'dns', ask }],
      phone: [{ name: 'stub', asks: 'nobody', ask: () => settled }],
    };
    return { ...deps, checks, clock, onError: (error: unknown) => errors.push(error) };
  };
  const intake: Intake = {
    ...deps,
    missedEvents: async (_, after) => missed.filter(({ sequence }) => sequence > after).slice(0, 2),
    checks: saying(() => ({ says: 'pass' })).checks,
    clock,
    deadlineMs: DEADLINE_MS,
    // The runner starts nothing: the checks are left to be claimed.
    runner: { admit: () => [], start: () => {}, wake: () => {} },
  };
  const claim = async () => {
    const lease = { now, leaseEnd: new Date(now.getTime() + LEASE_MS) };
    const lanes = [await deps.openChecks.claim('nobody', ROOM, lease), await deps.openChecks.claim('dns', ROOM, lease)];
    return lanes.flat();
  };

  return {
    ...deps,
    url: database.url,
    pool,
    intake,
    /** Since `forget`: the values that were checked, the errors, and the events that a gap is filled from. */
    checked,
    errors,
    missed,
    clock,
    passing: saying(() => ({ says: 'pass' })),
    unanswered: saying(() => ({ says: 'unanswered', reason: 'dns_timeout' })),
    saying,
    claim,
    newContact: () => ++contacts,
    later: (ms: number) => (now = new Date(now.getTime() + ms)),
    take: (...messages: Incoming<ContactsEvent>[]) => takeIn(intake, messages),
    /** Claims and attempts the due checks, as a worker does, and answers how many there were. */
    async round(worker: Parameters<typeof settle>[0]): Promise<number> {
      const claimed = await claim();
      for (const check of claimed) await settle(worker, check);
      return claimed.length;
    },
    async open(contactId: number) {
      const { rows } = await pool.query<{ field: string; value: string; version: number }>(
        `select field, value, value_version as version from open_checks where contact_id = $1 order by field`,
        [contactId],
      );
      return rows;
    },
    /** The stored verdicts, a line each. */
    async verdictsOn(contactId: number): Promise<string[]> {
      const { rows } = await pool.query<{ verdict: string }>(
        `select concat_ws(' ', data->>'field', data->>'valueVersion', data->>'status', (data->'reasons')::text) as verdict
           from events where stream = $1 order by version`,
        [`contact-${contactId}`],
      );
      return rows.map(({ verdict }) => verdict);
    },
    async events(contactId: number): Promise<string[]> {
      const { rows } = await pool.query<{ type: string }>(
        `select type from events where stream = $1 order by version`,
        [`contact-${contactId}`],
      );
      return rows.map(({ type }) => type);
    },
    async forget() {
      await pool.query('delete from open_checks');
      for (const list of [checked, errors, missed]) list.length = 0;
    },
    async [Symbol.asyncDispose]() {
      const differing = await differingRows(pool, verificationAggregate);
      await pool.end();
      await database[Symbol.asyncDispose]();
      if (differing.length > 0)
        throw new Error(`Rows that differ from the fold of their streams: ${differing.join(', ')}`);
    },
  };
}
