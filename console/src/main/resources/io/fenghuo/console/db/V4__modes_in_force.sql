-- What is approved of a rule's mode comes into force. States: asked → approved → coming → in_force, or failed; or refused.

alter table rule_request
  add column rule_version     int,         -- of the rule that was looked at
  add column in_force_at      timestamptz,
  add column rule_set_version text,        -- of the rule set with this mode
  add column problem_zh       text,
  add column problem_en       text;

-- Nobody expects these any more: they never came into force.
update rule_request
   set state = 'failed', problem_zh = '批准时修改还不能自动生效，请重新申请', problem_en = 'Approved when modes could not come into force yet; ask anew'
 where state = 'approved';

create index rule_request_state on rule_request (state, id);
