import type { VerifiedField } from '@kith/contracts/contacts';
import type { Meta } from '@kith/event-store';
import type { Pool } from 'pg';

import type { Answerer } from '../checks/index.ts';
import type { Room } from '../processes/places.ts';

/** A contact that has moved from one version to another, with the values that were set in between. */
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
  /** Both are null where the value was removed: there is nothing left to check. */
  readonly valueVersion: number | null;
  readonly value: string | null;
  readonly asks: Answerer;
  readonly meta: Meta;
};

/** A check that a written value calls for. */
export type NewCheck = {
  readonly contactId: number;
  readonly workspaceId: string;
  readonly field: VerifiedField;
  readonly valueVersion: number;
  readonly value: string;
  readonly asks: Answerer;
  readonly meta: Meta;
};

export type OpenCheck = NewCheck & {
  /** Counts the attempt that is about to start. */
  readonly attempts: number;
  readonly deadline: Date;
};

type TakeIn = {
  readonly now: Date;
  readonly deadline: Date;
  /** Picks the checks that the caller starts at once; nobody else claims them before the lease ends. */
  readonly admit: (checks: readonly NewCheck[]) => readonly NewCheck[];
  readonly leaseEnd: Date;
};

type TakenIn = {
  readonly claimed: readonly OpenCheck[];
  /** The number of other checks that were opened: they are due now, for any worker to claim. */
  readonly due: number;
};

/** A check without an answer, and the time of its next attempt. */
export type Postponed = { readonly check: OpenCheck; readonly until: Date };

export type OpenChecks = ReturnType<typeof openChecks>;

export const openChecks = (pool: Pool) => ({
  /** The last applied version of each of these contacts that is known. */
  async appliedVersions(contactIds: readonly number[]): Promise<ReadonlyMap<number, number>> {
    const { rows } = await pool.query<{ contactId: string; version: number }>(
      `select contact_id as "contactId", applied_version as version from applied_versions where contact_id = any($1::bigint[])`,
      [contactIds],
    );
    return new Map(rows.map(({ contactId, version }) => [Number(contactId), version]));
  },

  /**
   * Moves contacts on and opens the checks of their new values, in one statement. It claims the admitted ones, as `claim` does. Throws where
   * another reader has moved one of the contacts.
   */
  async takeIn(contacts: readonly Moved[], { now, deadline, admit, leaseEnd }: TakeIn): Promise<TakenIn> {
    // The order of the ids makes two readers wait for each other instead of deadlocking.
    const moved = contacts.toSorted((a, b) => a.contactId - b.contactId);
    const written = moved.flatMap(({ contactId, workspaceId, values }) =>
      values.map((value) => ({ contactId, workspaceId, ...value })),
    );
    const opened = written.filter(isOpen);
    const claims = admit(opened);
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
        written.map(({ workspaceId }) => workspaceId),
        written.map(({ asks }) => asks),
      ],
    });
    if (rows[0]?.count !== moved.length) throw new Error('Another reader of the topic was faster with some contacts.');
    return {
      claimed: claims.map((check) => ({ ...check, attempts: 1, deadline })),
      due: opened.length - claims.length,
    };
  },

  /**
   * Claims due checks for the time of a lease: its holder makes the attempt, and if that process dies another one does. Workspaces take turns,
   * those with the fewest places first, however long checks of other workspaces have been due.
   */
  async claim(asks: Answerer, room: Room, { now, leaseEnd }: { now: Date; leaseEnd: Date }): Promise<OpenCheck[]> {
    const { shared, reserved, few, held } = room;
    const { rows } = await pool.query<OpenCheck & { contactId: string }>({
      name: 'claim',
      text: CLAIM,
      values: [asks, now, leaseEnd, shared, reserved, few, [...held.keys()], [...held.values()]],
    });
    return rows.map((row) => ({ ...row, contactId: Number(row.contactId) }));
  },

  async postpone(postponed: readonly Postponed[]): Promise<void> {
    // The order of the ids prevents deadlocks, as in `takeIn`.
    const all = postponed.toSorted((a, b) => a.check.contactId - b.check.contactId);
    await pool.query({
      name: 'postpone',
      text: POSTPONE,
      values: [
        all.map(({ check }) => check.contactId),
        all.map(({ check }) => check.field),
        all.map(({ check }) => check.valueVersion),
        all.map(({ until }) => until),
      ],
    });
  },

  /** Deletes a check, unless its value has changed in the meantime: the new value is still to be checked. */
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
    insert into applied_versions as s (contact_id, workspace_id, applied_version)
    select contact_id, workspace_id, after from chunk order by contact_id
        on conflict (contact_id) do update set applied_version = excluded.applied_version
     where s.applied_version = (select before from chunk where chunk.contact_id = excluded.contact_id)
    returning contact_id
  ), written as (
    select w.*
      from unnest($5::bigint[], $6::text[], $7::int[], $8::text[], $9::jsonb[], $10::timestamptz[], $11::int[], $13::text[], $14::text[])
        as w (contact_id, field, value_version, value, meta, next_attempt_at, attempts, workspace_id, asks)
      join moved using (contact_id)
  ), removed as (
    delete from open_checks o using written w
     where (o.contact_id, o.field) = (w.contact_id, w.field) and w.value is null
  ), opened as (
    insert into open_checks
           (contact_id, workspace_id, field, value_version, value, meta, asks, next_attempt_at, attempts, deadline)
    select contact_id, workspace_id, field, value_version, value, meta, asks, next_attempt_at, attempts, $12
      from written where value is not null order by contact_id, field
        on conflict (contact_id, field) do update
       set value_version = excluded.value_version, value = excluded.value, meta = excluded.meta, asks = excluded.asks,
           next_attempt_at = excluded.next_attempt_at, attempts = excluded.attempts, deadline = excluded.deadline
  )
  select count(*)::int as count from moved`;

// The statement walks the index from one workspace to the next and reads no more of each than there is room for: the cost grows with the
// number of workspaces that wait, not with the number of their checks.
const CLAIM = `
  with recursive workspaces (workspace_id) as (
    (select workspace_id from open_checks where asks = $1 order by workspace_id limit 1)
    union all
    select (select o.workspace_id from open_checks o
             where o.asks = $1 and o.workspace_id > w.workspace_id order by o.workspace_id limit 1)
      from workspaces w where w.workspace_id is not null
  ), due as (
    select c.*, coalesce(h.places, 0) + row_number() over (partition by c.workspace_id order by c.next_attempt_at) as place
      from workspaces w
     cross join lateral (
             select contact_id, field, workspace_id, next_attempt_at from open_checks o
              where o.asks = $1 and o.workspace_id = w.workspace_id and o.next_attempt_at <= $2
              order by o.next_attempt_at limit $4::int + least($5::int, $6::int)
                for update skip locked
           ) c
      left join unnest($7::text[], $8::int[]) as h (workspace_id, places) on h.workspace_id = w.workspace_id
  ), ranked as (
    select *, row_number() over (order by place, next_attempt_at) as rank from due
  ), picked as (
    select contact_id, field from ranked where rank <= $4 or (rank <= $4 + $5 and place <= $6)
  )
  update open_checks o set next_attempt_at = $3, attempts = attempts + 1
    from picked
   where (o.contact_id, o.field) = (picked.contact_id, picked.field)
     -- The commit is asynchronous: a lease lost in a crash means that a check runs once more.
     and set_config('synchronous_commit', 'off', true) = 'off'
  returning o.contact_id as "contactId", o.workspace_id as "workspaceId", o.field, o.value_version as "valueVersion",
            o.value, o.asks, o.meta, o.attempts, o.deadline`;

const POSTPONE = `
  update open_checks o set next_attempt_at = p.until
    from unnest($1::bigint[], $2::text[], $3::int[], $4::timestamptz[]) as p (contact_id, field, value_version, until)
   where (o.contact_id, o.field, o.value_version) = (p.contact_id, p.field, p.value_version)
     -- The commit is asynchronous here too: a check whose new time is lost runs when its lease ends.
     and set_config('synchronous_commit', 'off', true) = 'off'`;
