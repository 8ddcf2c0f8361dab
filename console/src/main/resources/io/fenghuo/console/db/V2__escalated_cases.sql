-- A case that was handed on waits for somebody more senior.
alter table review_case
  add column escalated_by   text,
  add column escalated_at   timestamptz,
  add column escalated_note text;
create index review_case_escalated on review_case (rank desc, order_id) where state = 'open' and escalated_at is not null;
