-- What the console keeps: a copy of the topics people look at, the review desk, accounts. Event times are the shop's,
-- all others the console's own clock, never the database's, so that a test can drive them.

-- How far each topic was read; written in one transaction with what was read.
create table read_offset (
  topic       text not null,
  part        int not null,
  next_offset bigint not null,
  primary key (topic, part)
);

-- ---- copies of topics, in partitions by event time that are dropped whole ------------------------------------------

create table decision (
  decision_id   text not null,
  order_id      text not null,
  revision      int not null,
  event_id      text not null,
  event_time    timestamptz not null,
  decision_time timestamptz not null,
  outcome       text not null,
  score         int not null,
  user_id       text,
  amount        bigint not null,
  currency      text not null,
  rules         text[] not null,            -- live rules that hit
  shadow_rules  text[] not null,
  body          jsonb not null,             -- the whole record
  primary key (decision_id, event_time)
) partition by range (event_time);
create index decision_order on decision (order_id, revision);
create index decision_event on decision (event_id);
create index decision_hit on decision (event_time) where rules <> '{}' or shadow_rules <> '{}';

create table event (
  event_id   text not null,
  event_time timestamptz not null,
  stream     text not null,
  kind       text not null,                 -- CREATED, SUCCEEDED, LOGIN …
  order_id   text,
  user_id    text,
  device_id  text,
  account    text,
  address    text,
  ip         text,
  body       jsonb not null,
  primary key (event_id, event_time)
) partition by range (event_time);
create index event_order on event (order_id, event_time) where order_id is not null;
create index event_user on event (user_id, event_time) where user_id is not null;
create index event_device on event (device_id, event_time) where device_id is not null;
create index event_account on event (account, event_time) where account is not null;
create index event_address on event (address, event_time) where address is not null;

-- Figures by minute for days, by hour and longer for a year. Seconds are kept in memory only.
create table figure_minute (
  name        text not null,
  cut         text not null,                -- names of the dimensions, sorted: "channel,province"
  dims        text not null,                -- {"channel":"app"}, keys sorted
  length      text not null,                -- MINUTE, HOUR, DAY, WEEK, MONTH
  from_time   timestamptz not null,
  to_time     timestamptz not null,
  value       double precision,
  numerator   double precision not null,
  denominator double precision not null,
  unit        text not null,
  error       double precision not null,
  ranking     jsonb,
  since       bigint not null,          -- event time the figure counts from, ms; 0: as far back as there is
  revision    bigint not null,
  primary key (name, dims, length, from_time)
) partition by range (from_time);
create index figure_minute_cut on figure_minute (name, cut, from_time);
create table figure_long (like figure_minute including all) partition by range (from_time);

create table alert (
  alert_id    text not null,
  fingerprint text not null,
  rule_id     text not null,
  mode        text not null,
  severity    text not null,
  starts_at   timestamptz not null,
  ends_at     timestamptz,
  body        jsonb not null,
  primary key (alert_id, starts_at)
) partition by range (starts_at);
create index alert_newest on alert (starts_at desc);

create table dead_letter (
  topic       text not null,                -- where the unusable record stood
  part        int not null,
  at_offset   bigint not null,
  at          timestamptz not null,
  reason      text not null,
  detail      text not null,
  key         bytea,
  value       bytea not null,               -- at most 64 KiB of it
  bytes       bigint not null,              -- length of the whole
  replayed_at timestamptz,
  replayed_by text,
  primary key (topic, part, at_offset, at)
) partition by range (at);
create index dead_letter_newest on dead_letter (at desc);

-- The wall screen as it was at each minute, for looking back.
create table live_minute (
  at   timestamptz not null,
  body text not null,
  primary key (at)
) partition by range (at);

-- ---- the review desk -------------------------------------------------------------------------------------------------

-- One case an order. The queue's order is risk × money × age:
--   risk  = (score + 10) × 1, 2 or 4 for CHALLENGE, REVIEW, BLOCK
--   money = 1 + amount in 100 fen
--   age   = 2 ^ (minutes waited / 10): what waits doubles every ten minutes
-- Its logarithm is log2(risk × money) + waited / 10 min, and "waited" is now - opened: now is the same for all, so
-- that log2(risk × money) - opened / 10 min puts cases in the same order at any time. That is what is indexed.
create table review_case (
  order_id    text primary key,
  decision_id text not null,
  revision    int not null,
  outcome     text not null,
  score       int not null,
  amount      bigint not null,
  currency    text not null,
  user_id     text,
  rules       text[] not null,
  reason_zh   text not null,
  reason_en   text not null,
  event_time  timestamptz not null,
  opened_at   timestamptz not null,
  opened_ms   bigint not null,              -- the same in milliseconds, for the rank
  due_at      timestamptz not null,
  state       text not null,                -- open, taken, done
  taken_by    text,
  taken_at    timestamptz,
  taken_until timestamptz,
  done_at     timestamptz,
  version     bigint not null default 1,
  weight      double precision not null generated always as (
                (score + 10) * (case outcome when 'BLOCK' then 4 when 'REVIEW' then 2 else 1 end)
                * (1 + greatest(amount, 0) / 100.0::double precision)) stored,
  rank        double precision not null generated always as (
                ln((score + 10) * (case outcome when 'BLOCK' then 4 when 'REVIEW' then 2 else 1 end)
                * (1 + greatest(amount, 0) / 100.0::double precision)) / ln(2.0::double precision)
                - opened_ms / 600000.0::double precision) stored
);
create index review_case_queue on review_case (rank desc, order_id) where state = 'open';
create index review_case_age on review_case (opened_ms, order_id) where state = 'open';
create index review_case_amount on review_case (amount desc, order_id) where state = 'open';
create index review_case_due on review_case (due_at) where state <> 'done';
create index review_case_taken on review_case (taken_until) where state = 'taken';
create index review_case_done on review_case (done_at desc, order_id) where state = 'done';
create index review_case_user on review_case (user_id) where user_id is not null;

create table verdict (
  id          bigserial primary key,
  review_id   text not null unique,         -- derived, as published
  order_id    text not null,
  decision_id text not null,
  revision    int not null,
  reviewer    text not null,
  verdict     text not null,
  note        text not null,
  at          timestamptz not null,
  opened_at   timestamptz not null,
  taken_at    timestamptz,
  undo_until  timestamptz not null,
  undone_at   timestamptz,
  rules       text[] not null,
  amount      bigint not null
);
create index verdict_order on verdict (order_id, id);
create index verdict_at on verdict (at);

create table case_note (
  id       bigserial primary key,
  order_id text not null,
  at       timestamptz not null,
  who      text not null,
  what     text not null,                   -- note, released, lapsed, taken, listed, unmasked
  text     text not null
);
create index case_note_of on case_note (order_id, id);

-- What is to be published: a row first, then a record. A stop between the two loses nothing.
create table outbox (
  id           bigserial primary key,
  topic        text not null,
  key          text,
  value        bytea not null,
  verdict_id   bigint,
  due_at       timestamptz not null,
  published_at timestamptz
);
create index outbox_due on outbox (due_at, id) where published_at is null;
create index outbox_verdict on outbox (verdict_id);
create index outbox_published on outbox (published_at) where published_at is not null;

create table saved_views (
  name    text primary key,                 -- of the account
  views   jsonb not null,
  version bigint not null
);

-- ---- rules -----------------------------------------------------------------------------------------------------------

create table rule_request (
  id         bigserial primary key,
  rule_id    text not null,
  mode       text not null,
  reason     text not null,
  asked_by   text not null,
  asked_at   timestamptz not null,
  state      text not null,                 -- asked, approved, refused
  decided_by text,
  decided_at timestamptz
);
create unique index rule_request_open on rule_request (rule_id) where state = 'asked';

-- ---- a decision on the spot ------------------------------------------------------------------------------------------

create table decide_answer (
  event_id text primary key,
  at       timestamptz not null,
  answer   jsonb not null
);
create index decide_answer_at on decide_answer (at);

-- ---- who may -----------------------------------------------------------------------------------------------------------

create table account (
  name                 text primary key,
  password             text,                -- Argon2id in its own notation, or null: cannot sign in by password
  roles                text[] not null,
  must_change_password boolean not null,
  disabled             boolean not null default false,
  created_at           timestamptz not null,
  version              bigint not null default 1
);

create table session (
  token_hash bytea primary key,             -- SHA-256; the token itself is in the cookie only
  name       text not null references account on delete cascade,
  csrf       text not null,
  created_at timestamptz not null,
  seen_at    timestamptz not null,
  expires_at timestamptz not null
);
create index session_of on session (name);
create index session_expires on session (expires_at);

create table login_failure (
  key      text primary key,                -- ip, name, or both
  failures int not null,
  last_at  timestamptz not null
);

create table audit (
  id      bigserial primary key,
  at      timestamptz not null,
  who     text not null,
  what    text not null,
  subject text not null,
  detail  text not null,
  ip      text not null
);
create index audit_who on audit (who, id);
create index audit_what on audit (what, id);

create function audit_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'the audit log is append only';
end
$$;
create trigger audit_rows before update or delete on audit
  for each row execute function audit_is_append_only();
create trigger audit_whole before truncate on audit
  for each statement execute function audit_is_append_only();
