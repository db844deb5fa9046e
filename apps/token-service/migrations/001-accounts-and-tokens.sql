-- The dialects that an account may use, and their limits. An operator may change a row: it holds for its accounts from the next look-up on.
create table plans (
  name       text   primary key,
  -- {dialect: {window: calls or null for no limit}}. `native` holds for WiseData too.
  limits     jsonb  not null,
  api_access text[] not null
);

insert into plans (name, api_access, limits) values
  ('free', '{}', '{}'),
  ('pro', '{wisepops,consuelo}',
    '{"wisepops": {"callsPer30Days": 1500},
      "consuelo": {"callsPerMinute": 300, "callsPerDay": 50000}}'),
  ('business', '{native,wisedata,wisepops,leadconnector,consuelo,waply}',
    '{"native": {"readsPerMinute": 60, "writesPerMinute": 30},
      "wisepops": {"callsPer30Days": 1500},
      "leadconnector": {"callsPer10Seconds": 100, "callsPerDay": 200000},
      "consuelo": {"callsPerMinute": 300, "callsPerDay": 50000},
      "waply": {"callsPerMinute": 100}}'),
  ('enterprise', '{native,wisedata,wisepops,leadconnector,consuelo,waply}',
    '{"native": {"readsPerMinute": 600, "writesPerMinute": 300},
      "wisepops": {"callsPer30Days": null},
      "leadconnector": {"callsPer10Seconds": 100, "callsPerDay": 200000},
      "consuelo": {"callsPerMinute": 1000, "callsPerDay": null},
      "waply": {"callsPerMinute": 500}}');

-- The whole state of an account. Its limits and api_access are its own, null where it keeps to its plan's.
create table accounts (
  id         text        primary key,
  version    int         not null,
  name       text        not null,
  plan       text        not null,
  limits     jsonb,
  api_access text[],
  workspaces jsonb       not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

-- The account of each workspace: a view of accounts.workspaces, for the look-up of a token.
create table workspaces (
  id         text primary key,
  account_id text not null,
  name       text not null
);

-- The whole state of a token, the revoked ones too. Only the SHA-256 of its secret is stored.
create table tokens (
  id           text        primary key,
  version      int         not null,
  workspace_id text        not null,
  name         text        not null,
  dialect      text        not null,
  scopes       text[]      not null,
  hash         text        not null unique,
  preview      text        not null,
  expires_at   timestamptz,
  created_at   timestamptz not null,
  revoked_at   timestamptz
);
create index tokens_of_workspace on tokens (workspace_id, created_at desc, id desc) where revoked_at is null;

-- The last use of a token, to the minute. It has no event: it is no decision, and there would be one a minute.
create table token_uses (
  token_id text        primary key,
  used_at  timestamptz not null
) with (fillfactor = 70);
