-- What was heard, who is to be told, what was sent and what came of it. Times are the service's own clock,
-- never the database's, so that a test can drive them.

create table alert (
  fingerprint    text primary key,          -- FNV-1a 64 of the labels, as Prometheus counts it
  labels         jsonb not null,
  annotations    jsonb not null,
  starts_at      timestamptz not null,
  heard_at       timestamptz not null,      -- when somebody last spoke of it
  promised_until timestamptz,               -- the sender will have spoken again by then; after it the alert is stale
  passes_at      timestamptz,               -- a happening without an end: closed quietly then
  ended_at       timestamptz,
  ended_as       text,                      -- resolved, forgotten (stale for too long), passed (a happening)
  generator_url  text not null default '',
  source         text not null
);
create index alert_live on alert (fingerprint) where ended_at is null;
create index alert_passes on alert (passes_at) where ended_at is null;
create index alert_promised on alert (promised_until) where ended_at is null;
create index alert_ended on alert (ended_at) where ended_at is not null;

create table alert_group (
  group_key     text primary key,           -- route and group labels
  route         text not null,
  labels        jsonb not null,
  opened_at     timestamptz not null,
  next_flush_at timestamptz not null,
  flushes       bigint not null default 0,
  notified      jsonb not null default '{}', -- by channel: what it was last told
  incident_id   text
);
create index alert_group_due on alert_group (next_flush_at);

create table group_alert (
  group_key   text not null references alert_group on delete cascade,
  fingerprint text not null references alert,
  primary key (group_key, fingerprint)
);
create index group_alert_of on group_alert (fingerprint);

create table silence (
  id          uuid primary key,
  matchers    jsonb not null,
  starts_at   timestamptz not null,
  ends_at     timestamptz not null,
  updated_at  timestamptz not null,
  created_by  text not null,
  comment     text not null,
  annotations jsonb not null default '{}'
);
create index silence_ends on silence (ends_at);

create table incident (
  id             text primary key,
  group_key      text not null,
  route          text not null,
  labels         jsonb not null,
  severity       text not null,
  opened_at      timestamptz not null,
  notice         jsonb not null,            -- what was last said about it
  state          text not null,             -- open, answered, resolved
  answered_at    timestamptz,
  answered_by    text,
  assignee       text,
  resolved_at    timestamptz,
  resolved_by    text,
  escalation     text,
  step           int not null default 0,    -- the next step to take
  step_at        timestamptz,               -- when; null when there is none or it is answered
  answer_by      timestamptz,               -- the two clocks; null once breached or stopped
  resolve_by     timestamptz
);
create index incident_due on incident (step_at) where step_at is not null;
create index incident_clock on incident (state) where state <> 'resolved';

create table incident_entry (
  id          bigserial primary key,
  incident_id text not null references incident on delete cascade,
  at          timestamptz not null,
  who         text not null,
  what        text not null,
  detail      text not null default ''
);
create index incident_entry_of on incident_entry (incident_id, id);

-- A notification is a row before it is a request.
create table notification (
  id              text primary key,
  lane            text not null,            -- group and channel: one after the other, by one owner at a time
  place           bigserial,                -- order within the lane
  kind            text not null,            -- alert, escalation, digest, heartbeat
  receiver        text not null,
  channel         text not null,            -- receiver/kind[index] in the routing file
  address         text not null default '',
  priority        int not null,             -- 0 critical, 1 warning, 2 the rest
  notice          jsonb not null,
  incident_id     text,
  state           text not null,            -- queued, sending, sent, folded, failed
  attempts        int not null default 0,
  created_at      timestamptz not null,
  held_since      timestamptz,              -- waits for quota since then
  next_attempt_at timestamptz not null,
  deadline        timestamptz not null,
  finished_at     timestamptz,
  reason          text,
  answer          text,
  provider_id     text,
  outlet          text,
  receipt         text,
  may_have_been_sent boolean not null default false,
  folded_into     text,
  followed_by     text                      -- the next channel's receiver after this one failed
);
create index notification_due on notification (next_attempt_at) where state = 'queued';
create index notification_lane on notification (lane, place) where state in ('queued', 'sending');
create index notification_held on notification (channel, address, place)
  where state = 'queued' and held_since is not null;
create index notification_state on notification (state, created_at);
create index notification_incident on notification (incident_id);

create table attempt (
  id              bigserial primary key,
  notification_id text not null references notification on delete cascade,
  at              timestamptz not null,
  outlet          text not null,
  token           bigint not null,
  outcome         text,                     -- null while nobody knows
  reason          text,
  answer          text
);
create index attempt_of on attempt (notification_id, id);

-- Who may work on a lane. The token grows with each owner: a result that carries an old one is not believed.
create table lane (
  lane        text primary key,
  owner       text not null,
  token       bigint not null,
  lease_until timestamptz not null
);

create table quota (
  name          text primary key,
  penalty_until timestamptz
);
create table quota_use (
  name text not null references quota on delete cascade,
  at   timestamptz not null,
  id   bigserial primary key
);
create index quota_use_of on quota_use (name, at);

create table kafka_offset (
  topic       text not null,
  partition   int not null,
  next_offset bigint not null,
  primary key (topic, partition)
);

-- Small things that must survive: the key of links, when the last heartbeat was sent.
create table kept (
  name  text primary key,
  value text not null
);

-- What became of what came in, by reason; added up by all instances. A count is spread over slots: one row
-- would have everybody wait for everybody else's commit.
create table tally (
  name   text not null,
  reason text not null,
  slot   int not null,
  count  bigint not null,
  primary key (name, reason, slot)
);
