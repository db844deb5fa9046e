import type { VerifiedField } from '@kith/contracts';
import type { Meta } from '@kith/event-store';
import type { Pool } from 'pg';

/** A contact that has moved on, from a version to another, and which of its values were set between. */
export type Moved = {
  readonly contactId: number;
  readonly workspaceId: string;
  readonly from: number;
  readonly to: number;
  readonly values: readonly WrittenValue[];
  /** The person is to be forgotten. */
  readonly erased: boolean;
};

export type WrittenValue = {
  readonly field: VerifiedField;
  /** Both null where the value was taken away: then there is nothing to check any more. */
  readonly valueVersion: number | null;
  readonly value: string | null;
  readonly meta: Meta;
};

export type OpenCheck = {
  readonly contactId: number;
  readonly workspaceId: string;
  readonly field: VerifiedField;
  readonly valueVersion: number;
  readonly value: string;
  readonly meta: Meta;
  /** With the one that is about to be made. */
  readonly attempts: number;
  readonly deadline: Date;
};

type TakeIn = {
  readonly now: Date;
  readonly deadline: Date;
  /** How many the caller makes at once, and until when the others need not. */
  readonly claimed: number;
  readonly leaseEnd: Date;
};

type TakenIn = {
  readonly claimed: readonly OpenCheck[];
  /** How many others it opened: due now, and whoever claims them makes them. */
  readonly due: number;
};

export type OpenChecks = ReturnType<typeof openChecks>;

export const openChecks = (pool: Pool) => ({
  /** Of these contacts, those that are known, and the version up to which. */
  async appliedVersions(contactIds: readonly number[]): Promise<ReadonlyMap<number, number>> {
    const { rows } = await pool.query<{ contactId: string; version: number }>(
      `select contact_id as "contactId", applied_version as version from subjects where contact_id = any($1::bigint[])`,
      [contactIds],
    );
    return new Map(rows.map(({ contactId, version }) => [Number(contactId), version]));
  },

  /**
   * Moves contacts on and opens the checks of their new values, in one statement. As many of them as asked for are claimed with it, as by
   * `claim`. Throws where somebody else has moved one.
   */
  async takeIn(contacts: readonly Moved[], { now, deadline, claimed, leaseEnd }: TakeIn): Promise<TakenIn> {
    // In the order of their ids, so that two readers wait for each other and do not deadlock.
    const moved = contacts.toSorted((a, b) => a.contactId - b.contactId);
    const written = moved.flatMap(({ contactId, workspaceId, values }) =>
      values.map((value) => ({ contactId, workspaceId, ...value })),
    );
    const opened = written.filter(isOpen);
    const claims = opened.slice(0, claimed);
    const isClaimed = new Set<WrittenValue>(claims);
    const { rows } = await pool.query<{ count: number }>({
      name: 'take-in',
      text: TAKE_IN,
      values: [
        moved.map(({ contactId }) => contactId),
        moved.map(({ workspaceId }) => workspaceId),
        moved.map(({ from }) => from),
        moved.map(({ to }) => to),
        written.map(({ contactId }) => contactId),
        written.map(({ field }) => field),
        written.map(({ valueVersion }) => valueVersion),
        written.map(({ value }) => value),
        written.map(({ meta }) => JSON.stringify(meta)),
        written.map((value) => (isClaimed.has(value) ? leaseEnd : now)),
        written.map((value) => (isClaimed.has(value) ? 1 : 0)),
        deadline,
      ],
    });
    if (rows[0]?.count !== moved.length) throw new Error('Another reader of the topic was faster with some contacts.');
    return {
      claimed: claims.map((check) => ({ ...check, attempts: 1, deadline })),
      due: opened.length - claims.length,
    };
  },

  /** Takes checks that are due, for as long as a lease: whoever holds it makes the attempt, and if it dies another does. */
  async claim(limit: number, { now, leaseEnd }: { now: Date; leaseEnd: Date }): Promise<OpenCheck[]> {
    const { rows } = await pool.query<OpenCheck & { contactId: string }>({
      name: 'claim',
      text: CLAIM,
      values: [now, leaseEnd, limit],
    });
    return rows.map((row) => ({ ...row, contactId: Number(row.contactId) }));
  },

  async postpone({ contactId, field, valueVersion }: OpenCheck, until: Date): Promise<void> {
    await pool.query(
      `update open_checks set next_attempt_at = $4 where contact_id = $1 and field = $2 and value_version = $3`,
      [contactId, field, valueVersion, until],
    );
  },

  /** Unless the value was written anew in the meantime: then that one is still to be checked. */
  async close({ contactId, field, valueVersion }: OpenCheck): Promise<void> {
    await pool.query(`delete from open_checks where contact_id = $1 and field = $2 and value_version = $3`, [
      contactId,
      field,
      valueVersion,
    ]);
  },
});

const isOpen = <Value extends WrittenValue>(value: Value): value is Value & { valueVersion: number; value: string } =>
  value.value !== null && value.valueVersion !== null;

const TAKE_IN = `
  with chunk as (
    select * from unnest($1::bigint[], $2::text[], $3::int[], $4::int[]) as c (contact_id, workspace_id, before, after)
  ), moved as (
    insert into subjects as s (contact_id, workspace_id, applied_version)
    select contact_id, workspace_id, after from chunk order by contact_id
        on conflict (contact_id) do update set applied_version = excluded.applied_version
     where s.applied_version = (select before from chunk where chunk.contact_id = excluded.contact_id)
    returning contact_id
  ), written as (
    select w.*
      from unnest($5::bigint[], $6::text[], $7::int[], $8::text[], $9::jsonb[], $10::timestamptz[], $11::int[])
        as w (contact_id, field, value_version, value, meta, next_attempt_at, attempts)
      join moved using (contact_id)
  ), removed as (
    delete from open_checks o using written w
     where (o.contact_id, o.field) = (w.contact_id, w.field) and w.value is null
  ), opened as (
    insert into open_checks (contact_id, field, value_version, value, meta, next_attempt_at, attempts, deadline)
    select contact_id, field, value_version, value, meta, next_attempt_at, attempts, $12
      from written where value is not null order by contact_id, field
        on conflict (contact_id, field) do update
       set value_version = excluded.value_version, value = excluded.value, meta = excluded.meta, attempts = excluded.attempts,
           next_attempt_at = excluded.next_attempt_at, deadline = excluded.deadline
  )
  select count(*)::int as count from moved`;

const CLAIM = `
  with due as materialized (
    select contact_id, field from open_checks
     where next_attempt_at <= $1
     order by next_attempt_at
     limit $3
       for update skip locked
  )
  update open_checks o set next_attempt_at = $2, attempts = attempts + 1
    from due join subjects s using (contact_id)
   where (o.contact_id, o.field) = (due.contact_id, due.field)
     -- Not waited for: a lease lost in a crash is a check made once more.
     and set_config('synchronous_commit', 'off', true) = 'off'
  returning o.contact_id as "contactId", s.workspace_id as "workspaceId", o.field, o.value_version as "valueVersion",
            o.value, o.meta, o.attempts, o.deadline`;
