-- The operator's pages: of all accounts, and of the tokens of all workspaces.
create index accounts_created_at on accounts (created_at, id);
create index tokens_created_at   on tokens (created_at desc, id desc) where revoked_at is null;
