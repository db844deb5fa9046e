-- Tables that every event-sourced service has besides its own (docs/architecture.md, "The event store").

-- Services run as kith_app, whatever role they log in as: it may add events and read them, never change or remove one.
-- kith_redactor may set what is personal in them to null, thirty days after an erasure.
do $$
declare
  wanted text;
begin
  foreach wanted in array array['kith_app', 'kith_redactor'] loop
    if not exists (select from pg_roles where rolname = wanted) then
      begin
        execute format('create role %I nologin', wanted);
      exception
        -- Roles belong to the server: the migration of another service's database may be making the same one.
        when duplicate_object or unique_violation then null;
        when insufficient_privilege then
          raise exception 'The role % does not exist and % may not create it.', wanted, current_user
            using hint = format('As an administrator: create role %I nologin; grant %I to %I;', wanted, wanted, current_user);
      end;
    end if;
    if not pg_has_role(current_user, wanted, 'member') then
      execute format('grant %I to %I', wanted, current_user);
    end if;
  end loop;
end $$;

alter default privileges in schema public grant select, insert, update, delete on tables to kith_app;
alter default privileges in schema public grant usage, select on sequences to kith_app;

create table events (
  position       bigint      generated always as identity,
  -- Positions are handed out before commit: a reader that stops at the oldest running transaction misses none.
  transaction    xid8        not null default pg_current_xact_id(),
  stream         text        not null,
  version        int         not null,
  event_id       uuid        not null unique,
  -- The person that the event is about, by the name of that person's own stream; null where it is about nobody.
  subject        text,
  type           text        not null,
  schema_version smallint    not null,
  data           jsonb       not null,
  personal       bytea,
  meta           jsonb       not null,
  recorded_at    timestamptz not null,
  workspace_id   text        generated always as (data ->> 'workspaceId') stored,
  primary key (stream, version)
);
create index events_feed on events (transaction, position);
-- The planner's statistics quote values until the next analyze. Columns that are erased with a person have none, here and below.
alter table events alter personal set statistics 0;
revoke update, delete on events from kith_app;
grant select (position, stream, subject), update (personal) on events to kith_redactor;

-- One key per person, wrapped by the installation's. It seals what events say of that person, whichever streams they are in; without it they
-- say nothing of anyone. The first event of the person's own stream makes it, and no other event may.
create table data_keys (
  subject text  primary key,
  kek     text  not null,
  wrapped bytea not null
);
alter table data_keys alter wrapped set statistics 0;
-- Every start asks which key-encryption keys are in use: 1 ms for a million rows, 250 ms without this index. It takes 6 MB for them.
create index data_keys_kek on data_keys (kek);

-- Each reader of the feed has a checkpoint. The epoch fences off a reader that no longer leads; the time of its last renewal shows one that
-- has fallen silent.
create table checkpoints (
  name        text        primary key,
  epoch       bigint      not null default 0,
  transaction xid8        not null default '0',
  position    bigint      not null default 0,
  renewed_at  timestamptz not null default '-infinity'
);

-- Events that could not be published as they are, and went out as shells: too large for Kafka, not in their stored form, or damaged.
create table unpublishable_events (
  event_id uuid        primary key,
  relay    text        not null,
  stream   text        not null,
  version  int         not null,
  type     text        not null,
  -- Names no value.
  reason   text        not null,
  found_at timestamptz not null default now()
);
create index unpublishable_events_stream on unpublishable_events (stream);

-- Events that a relay is to publish once more, for consumers that have lost them.
create table tell_again (
  relay    text not null,
  event_id uuid not null,
  primary key (relay, event_id)
);

-- Dead letters that keep a key's order: messages that could not be handled, and those of the same key behind them. Each is tried again.
create table parked_messages (
  consumer  text        not null,
  topic     text        not null,
  partition int         not null,
  "offset"  bigint      not null,
  key       text,
  headers   jsonb       not null,
  value     bytea,
  reason    text        not null,
  -- 0 while it only queues behind another.
  attempts  int         not null default 0,
  -- It need not wait for earlier messages of its key.
  overtakes boolean     not null default false,
  parked_at timestamptz not null default now(),
  retry_at  timestamptz not null default now(),
  -- No two indexes begin with the consumer and the topic, which have one value each: before the first analyze any such index would look good.
  primary key (topic, partition, "offset", consumer)
);
alter table parked_messages
  alter headers set statistics 0,
  alter value   set statistics 0,
  alter reason  set statistics 0;
create index parked_messages_key on parked_messages (key, consumer, topic, "offset");
create index parked_messages_due on parked_messages (retry_at);

-- Messages of these keys are never parked again: a late copy must not outlive the erasure.
create table erased_keys (
  key text primary key
);

-- Answers to requests with an Idempotency-Key are kept for a day, with hashes of the key and the request. A body that is null was erased.
create table idempotency_keys (
  scope   text        not null,
  key     bytea       not null,
  hash    bytea       not null,
  -- The person that the answer tells of; null where it tells of nobody.
  subject text,
  status  smallint    not null,
  -- `json` keeps the text: a replay is the same to the letter.
  body    json,
  created_at timestamptz not null default now(),
  primary key (scope, key)
);
alter table idempotency_keys
  alter key  set statistics 0,
  alter hash set statistics 0,
  alter body set statistics 0;
create index idempotency_keys_created_at on idempotency_keys (created_at);
create index idempotency_keys_subject on idempotency_keys (subject) where subject is not null;
