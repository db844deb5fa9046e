create sequence contact_ids;
create sequence list_ids;

-- The whole state of a contact: what commands read, and what is searched.
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
  updated_at    timestamptz not null
);

create table contact_lists (
  id           bigint      primary key,
  workspace_id text        not null,
  version      int         not null,
  name         text        not null,
  created_at   timestamptz not null,
  updated_at   timestamptz not null
);
create index contact_lists_workspace on contact_lists (workspace_id, id);

-- Who is in a list, with the keys a page is sorted by: an unfiltered page needs no sort. No value sorts as an empty one.
create table list_members (
  list_id    bigint      not null,
  contact_id bigint      not null,
  name       text        not null collate "und-x-icu",
  email      text        not null collate "und-x-icu",
  phone      text        not null collate "und-x-icu",
  created_at timestamptz not null,
  primary key (list_id, contact_id)
);
create index list_members_contact    on list_members (contact_id);
create index list_members_name       on list_members (list_id, name, contact_id);
create index list_members_email      on list_members (list_id, email, contact_id);
create index list_members_phone      on list_members (list_id, phone, contact_id);
create index list_members_created_at on list_members (list_id, created_at, contact_id);

-- How many: sixteen counters a list, so that writers do not queue for one row.
create table list_counts (
  list_id  bigint   not null,
  slot     smallint not null,
  contacts bigint   not null,
  primary key (list_id, slot)
) with (fillfactor = 50);
