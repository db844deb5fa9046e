-- Each contact's last verdicts: the aggregate's whole state, written in the statement that appends. Of a forgotten one, only that it is.
create table verdicts (
  id           bigint  primary key,
  workspace_id text    not null,
  version      int     not null,
  forgotten    boolean not null,
  email        jsonb,
  phone        jsonb
);

-- How far each contact's events have been taken in: by this, copies and gaps are recognised.
create table applied_versions (
  contact_id      bigint primary key,
  workspace_id    text   not null,
  applied_version int    not null
);

-- What is to be checked, or being checked. The value is kept here for no longer than that.
create table open_checks (
  contact_id      bigint      not null,
  workspace_id    text        not null,
  field           text        not null,
  value_version   int         not null,
  value           text        not null,
  meta            jsonb       not null,
  -- Whom the checks ask ('nobody', 'dns'): those that ask nobody do not queue behind a name server.
  asks            text        not null,
  attempts        int         not null default 0,
  next_attempt_at timestamptz not null,
  deadline        timestamptz not null,
  primary key (contact_id, field)
);
-- The planner's statistics quote values, and forget none until the next analyze.
alter table open_checks alter value set statistics 0;
create index open_checks_due on open_checks (asks, workspace_id, next_attempt_at);
