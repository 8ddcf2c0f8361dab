-- A look at a group weighs the members that changed since the last one, and knows of the others what it wrote
-- down then. Until now each look read all members.

alter table alert
  add column stale    boolean not null default false, -- promised_until has passed and nobody has spoken since
  add column explains boolean not null default false; -- the source of some inhibit rule of the routing in force

drop index alert_promised;
create index alert_promised on alert (promised_until) where ended_at is null and not stale;
create index alert_stale on alert (promised_until) where ended_at is null and stale;
create index alert_explains on alert (fingerprint) where ended_at is null and explains;

-- What we said ourselves about an incident is looked for when it closes.
create index alert_of_incident on alert ((labels ->> 'incident')) where source = 'self';

alter table group_alert
  add column weigh     boolean not null default true,       -- at the next look, whatever is in group_news
  add column standing  text,                                -- as the last look found it: firing, stale, over
  add column severity  smallint,                            -- 0 critical, 1 warning, 2 notice
  add column starts_at timestamptz,
  add column held      jsonb not null default '[]',         -- by what: silence:ID, inhibited:FINGERPRINT
  add column told      jsonb not null default '{}',         -- by channel: that it burns (firing, stale); no end yet
  add column open      boolean generated always as          -- burns and nobody holds it
    (standing in ('firing', 'stale') and held = '[]') stored;
create index group_alert_weigh on group_alert (group_key, fingerprint) where weigh;
create index group_alert_open on group_alert (group_key, severity, starts_at, fingerprint) where open;

alter table alert_group
  add column outside text not null default '',              -- what holds alerts, and the routing, at the last look
  add column counts  jsonb not null default '{}',           -- of its weighed members
  add column common  jsonb not null default '{}';           -- labels and annotations its open members share

-- Which members changed. Rows are only ever added and taken away, so nobody waits for anybody; one that is
-- written while a look goes on is there for the next.
create table group_news (
  id          bigserial primary key,
  group_key   text not null,
  fingerprint text not null
);
create index group_news_of on group_news (group_key);

-- Whoever changes an alert, its groups hear of it.
create function tell_groups() returns trigger language plpgsql as $$
begin
  insert into group_news (group_key, fingerprint)
  select group_key, fingerprint from group_alert where fingerprint = new.fingerprint;
  return null;
end $$;
create trigger alert_changed after update on alert for each row
when (old.ended_at is distinct from new.ended_at or old.ended_as is distinct from new.ended_as
  or old.stale is distinct from new.stale or old.starts_at is distinct from new.starts_at
  or old.annotations is distinct from new.annotations)
execute function tell_groups();

-- What channels were told was kept in the group's row.
with was as (
  select g.group_key, channel.key as channel, print.value as fingerprint, word.word
  from alert_group g, jsonb_each(g.notified) channel, (values ('firing'), ('stale')) word(word),
    jsonb_array_elements_text(channel.value -> word.word) print(value)),
by_member as (
  select group_key, fingerprint, jsonb_object_agg(channel, word) as told from was group by 1, 2)
update group_alert m set told = b.told from by_member b
where b.group_key = m.group_key and b.fingerprint = m.fingerprint;
update alert_group g set notified = coalesce(
  (select jsonb_object_agg(channel.key, channel.value -> 'at') from jsonb_each(g.notified) channel), '{}');
