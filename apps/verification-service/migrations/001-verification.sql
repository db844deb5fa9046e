-- Each contact's last verdicts: the whole state of the aggregate, written in the statement that appends. A forgotten contact keeps only that mark.
create table verdicts (
  id           bigint  primary key,
  workspace_id text    not null,
  version      int     not null,
  forgotten    boolean not null,
  email        jsonb,
  phone        jsonb
);

-- The version up to which each contact's events are applied: copies and gaps are recognised by it.
create table applied_versions (
  contact_id      bigint primary key,
  workspace_id    text   not null,
  applied_version int    not null
);

-- The values that wait for a check or are being checked. A value is kept here no longer than that.
create table open_checks (
  contact_id      bigint      not null,
  workspace_id    text        not null,
  field           text        not null,
  value_version   int         not null,
  value           text        not null,
  meta            jsonb       not null,
  -- The answerer that the checks ask ('nobody', 'dns'): checks that ask nobody do not queue behind a name server.
  asks            text        not null,
  attempts        int         not null default 0,
  next_attempt_at timestamptz not null,
  deadline        timestamptz not null,
  primary key (contact_id, field)
);
-- The planner's statistics quote values until the next analyze, so this column has none.
alter table open_checks alter value set statistics 0;
create index open_checks_due on open_checks (asks, workspace_id, next_attempt_at);
