/** The condition for a value that was set at version `v` and is still to be checked. */
const isPending = (v: string) =>
  `(c.email_status = 'pending' and c.email_version = ${v} or c.phone_status = 'pending' and c.phone_version = ${v})`;

/**
 * Parameters: $1 checkpoint, $2 milliseconds, $3 limit. The first event that is too young ends the read, as the feed is not in the order of the
 * services' clocks. An index on pending contacts would be faster, but every verdict would have to write all other indexes of its row; this costs
 * 15 to 30 µs for each event, once.
 */
export const FIND = `
  with next as materialized (
    select e.transaction, e.position, e.stream, e.version, e.type, e.recorded_at
      from events e
     where (e.transaction, e.position) > ((select transaction from checkpoints where name = $1), (select position from checkpoints where name = $1))
       and e.transaction < pg_snapshot_xmin(pg_current_snapshot())
     order by e.transaction, e.position
     limit $3
  ), old as materialized (
    select *
      from (select n.*, bool_and(recorded_at < now() - $2 * interval '1 millisecond') over (order by transaction, position) as is_old
              from next n) n
     where is_old
  ), question as materialized (
    select substr(stream, 9)::bigint as contact_id, version, type, recorded_at
      from old
     where starts_with(stream, 'contact-') and type in ('ContactCreated', 'ContactChanged', 'ContactErased')
  ), found as (
    insert into unanswered (contact_id, version, erasure, asked_at)
    select a.contact_id, a.version, false, a.recorded_at
      from question a join contacts c on c.id = a.contact_id
     where a.type <> 'ContactErased' and ${isPending('a.version')}
    union all
    select a.contact_id, a.version, true, a.recorded_at
      from question a join erasures e on e.contact_id = a.contact_id
     where a.type = 'ContactErased' and e.services_confirmed_at is null
        on conflict do nothing
  ), moved as (
    update checkpoints
       set (transaction, position) = (select transaction, position from old order by transaction desc, position desc limit 1)
     where name = $1 and exists (select from old)
  )
  select count(*)::int as passed from old`;

export const SETTLE = `
  delete from unanswered u
   where case when u.erasure
              then coalesce((select services_confirmed_at is not null from erasures e where e.contact_id = u.contact_id), true)
              else not exists (select from contacts c where c.id = u.contact_id and ${isPending('u.version')})
         end`;
