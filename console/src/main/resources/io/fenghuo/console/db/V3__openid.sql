-- People an OpenID provider vouches for. The provider's name for them never changes; ours is made of what they are called
-- when they first come. They have no password here.
alter table account
  add column issuer  text,
  add column subject text;
create unique index account_of_subject on account (issuer, subject) where subject is not null;

-- Sign-ins that are on their way through the provider: each is taken once, by the browser that began it.
create table openid_attempt (
  state_hash   bytea primary key,           -- SHA-256 of what the provider hands back
  browser_hash bytea not null,              -- SHA-256 of what only the browser's cookie has
  nonce        text not null,
  verifier     text not null,               -- PKCE
  next         text not null,               -- the page that was wanted
  expires_at   timestamptz not null
);
create index openid_attempt_expires on openid_attempt (expires_at);
