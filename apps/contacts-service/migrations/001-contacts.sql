create extension if not exists pg_trgm;

create sequence contact_ids;
create sequence list_ids;

-- The whole state of a contact: commands read it, and searches run on it.
create table contacts (
  id            bigint      primary key,
  workspace_id  text        not null,
  version       int         not null,
  name          text,
  first_name    text,
  last_name     text,
  email         text,
  email_status  text,
  email_version int,
  phone         text,
  phone_e164    text,
  phone_status  text,
  phone_version int,
  company       text,
  job_title     text,
  website       text,
  address       jsonb,
  timezone      text,
  date_of_birth text,
  gender        text,
  source        text,
  note          text,
  lists         bigint[]    not null,
  created_at    timestamptz not null,
  updated_at    timestamptz not null,
  -- The text of a search: name, e-mail, phone as written and its digits. U+001F separates them.
  search        text        collate "C" not null generated always as (
    lower(coalesce(name, '') || E'\x1f' || coalesce(email, '') || E'\x1f' || coalesce(phone, '') collate "und-x-icu")
    || E'\x1f' || regexp_replace(coalesce(phone, ''), '\D', '', 'g')
  ) stored
);
-- The planner's statistics quote a column's values in clear until the next analyze, even after an erasure. No plan needs statistics of personal columns
-- (docs/decisions.md, "The planner is told little of people") except `search`: the service analyzes it after an erasure (erasure/run.ts).
alter table contacts
  alter name          set statistics 0,
  alter first_name    set statistics 0,
  alter last_name     set statistics 0,
  alter email         set statistics 0,
  alter phone         set statistics 0,
  alter phone_e164    set statistics 0,
  alter company       set statistics 0,
  alter job_title     set statistics 0,
  alter website       set statistics 0,
  alter address       set statistics 0,
  alter timezone      set statistics 0,
  alter date_of_birth set statistics 0,
  alter gender        set statistics 0,
  alter source        set statistics 0,
  alter note          set statistics 0;
grant maintain on contacts to kith_app;
create index contacts_search     on contacts using gin (search gin_trgm_ops);
create index contacts_name       on contacts (workspace_id, (coalesce(name, '')  collate "und-x-icu"), id);
create index contacts_email      on contacts (workspace_id, (coalesce(email, '') collate "und-x-icu"), id);
create index contacts_phone      on contacts (workspace_id, (coalesce(phone, '') collate "und-x-icu"), id);
create index contacts_created_at on contacts (workspace_id, created_at, id);

create table contact_lists (
  id           bigint      primary key,
  workspace_id text        not null,
  version      int         not null,
  name         text        not null,
  created_at   timestamptz not null,
  updated_at   timestamptz not null
);
create index contact_lists_workspace on contact_lists (workspace_id, id);

-- The contacts of a list with the keys a page is sorted by: an unfiltered page needs no sort. A missing value sorts as an empty one.
create table list_members (
  list_id    bigint      not null,
  contact_id bigint      not null,
  name       text        not null collate "und-x-icu",
  email      text        not null collate "und-x-icu",
  phone      text        not null collate "und-x-icu",
  created_at timestamptz not null,
  primary key (list_id, contact_id)
);
alter table list_members
  alter name  set statistics 0,
  alter email set statistics 0,
  alter phone set statistics 0;
create index list_members_contact    on list_members (contact_id);
create index list_members_name       on list_members (list_id, name, contact_id);
create index list_members_email      on list_members (list_id, email, contact_id);
create index list_members_phone      on list_members (list_id, phone, contact_id);
create index list_members_created_at on list_members (list_id, created_at, contact_id);

-- The number of contacts of a list (`list-1`) and of a workspace (`ws_…`): sixteen counters each, so that writers do not queue for one row.
create table contact_counts (
  scope    text     not null,
  slot     smallint not null,
  contacts bigint   not null,
  primary key (scope, slot)
) with (fillfactor = 50);

-- The deleted lists that still have contacts.
create table deleted_lists (
  list_id      bigint      primary key,
  workspace_id text        not null,
  deleted_at   timestamptz not null default now()
);

-- The ledger of erasures, by number only. An erasure is confirmed when nothing is left here, in the planner's statistics or with the other services.
create table erasures (
  contact_id            bigint      primary key,
  workspace_id          text        not null,
  erased_at             timestamptz not null default now(),
  statistics_cleared_at timestamptz,
  services_confirmed_at timestamptz,
  confirmed_at          timestamptz generated always as (
    case when statistics_cleared_at is not null and services_confirmed_at is not null
         then greatest(statistics_cleared_at, services_confirmed_at) end
  ) stored
);
-- The services that must confirm each erasure, with the time of their confirmation: `services_confirmed_at` is set when all have.
create table erasure_confirmations (
  contact_id   bigint not null,
  service      text   not null,
  confirmed_at timestamptz,
  primary key (contact_id, service)
);
create index erasures_in_statistics on erasures (contact_id) where statistics_cleared_at is null;

-- The timeline of a contact (all streams about it), and the feed of a workspace, in commit order. They stand here and not in the event store,
-- as the other services have neither (docs/decisions.md, "An event names the person it is about").
create index events_timeline  on events (subject, transaction, position) where subject is not null;
create index events_workspace on events (workspace_id, transaction, position) where workspace_id is not null;
