-- Erasures and values that another service has not answered for too long. The event that asked for the answer is published again, with a longer
-- pause each time.
create table unanswered (
  contact_id bigint      not null,
  version    int         not null,
  erasure    boolean     not null,
  asked_at   timestamptz not null,
  told_again int         not null default 0,
  due_at     timestamptz not null default now(),
  primary key (contact_id, version)
);
create index unanswered_due on unanswered (due_at);

create index erasures_unconfirmed on erasures (erased_at) where confirmed_at is null;
