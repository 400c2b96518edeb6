-- SNSアカウント連携 (MP-18, MP-19, MP-60 to MP-67): docs/designs/linked-accounts.md.

-- An account of an outside provider by which a member signs in. It belongs to one member, and a member has one of each
-- provider (MP-62). Rows go when the link is removed, and with the member.
CREATE TABLE linked_account (
    id           TEXT PRIMARY KEY,       -- UUIDv7
    member_id    TEXT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
    provider     TEXT NOT NULL,          -- its id in the settings
    subject      TEXT NOT NULL,          -- whom the provider means: the only thing that is compared
    shown        TEXT,                   -- the account masked, for the member to recognise; empty: the provider told nothing
    session_id   TEXT NOT NULL,          -- the session that linked it, or that the registration began: "not me" undoes it
    linked_at    BIGINT NOT NULL,        -- unix ms
    last_used_at BIGINT,                 -- unix ms: the last sign-in with it; empty: none yet
    CONSTRAINT linked_account_identity UNIQUE (provider, subject),
    CONSTRAINT linked_account_provider UNIQUE (member_id, provider)
);

-- A visit to a provider that is under way: begun by a button of ours, ended by the answer, once and in the same browser.
CREATE TABLE provider_visit (
    id           TEXT PRIMARY KEY,       -- UUIDv7
    provider     TEXT NOT NULL,          -- its id in the settings: the answer comes to the address of this one
    purpose      TEXT NOT NULL,          -- sign_in, sign_up, link or confirm
    session_id   TEXT,                   -- for link and confirm: the session that began it; empty: nobody was signed in
    next         TEXT,                   -- a path of ours to go to afterwards; empty: the usual one
    browser_hash TEXT NOT NULL,          -- SHA-256 of the cookie of the browser that began it
    state_hash   TEXT NOT NULL,          -- SHA-256 of the state that comes back
    carried      BYTEA NOT NULL,         -- nonce and PKCE verifier, sealed
    expires_at   BIGINT NOT NULL,        -- unix ms
    used_at      BIGINT,                 -- unix ms: when an answer came; empty: none yet
    CONSTRAINT provider_visit_state UNIQUE (state_hash)
);
CREATE INDEX provider_visit_expires ON provider_visit (expires_at);

-- An account that somebody brought from a provider and that nobody is linked to: a sign-in or a registration in the same
-- browser links it (MP-18, MP-65).
CREATE TABLE pending_link (
    id         TEXT PRIMARY KEY,         -- UUIDv7
    token_hash TEXT NOT NULL,            -- SHA-256 of the cookie's value
    purpose    TEXT NOT NULL,            -- sign_in or sign_up: which page speaks of it
    brought    BYTEA NOT NULL,           -- provider, subject, name and address as the provider told them, sealed
    expires_at BIGINT NOT NULL,          -- unix ms
    used_at    BIGINT,                   -- unix ms: linked or let go; empty: it waits
    CONSTRAINT pending_link_token UNIQUE (token_hash)
);
CREATE INDEX pending_link_expires ON pending_link (expires_at);

-- Which provider somebody came in with, so that "not me" finds the link; empty: none.
ALTER TABLE session ADD COLUMN provider TEXT;
ALTER TABLE pending_sign_in ADD COLUMN provider TEXT;

-- What the registration began with, kept until it is complete (MP-19), sealed as in pending_link; empty: no provider.
ALTER TABLE registration ADD COLUMN brought BYTEA;
