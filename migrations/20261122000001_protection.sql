-- A browser that a member has signed in with. Its cookie is a long-lived secret of the browser, the same for all
-- members who use it; the pair is what is known, trusted and counted, so that two members of one browser never mix.
CREATE TABLE member_browser (
    id            TEXT PRIMARY KEY,      -- UUIDv7
    member_id     TEXT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
    token_hash    TEXT NOT NULL,         -- SHA-256 of the cookie's value; the value itself is nowhere
    browser       TEXT NOT NULL,         -- its User-Agent at the last sign-in, cut to 300 characters
    network       TEXT NOT NULL,         -- the network address of the last sign-in
    first_seen_at BIGINT NOT NULL,       -- unix ms: the first sign-in with it; a first one is told by letter (MP-88)
    last_seen_at  BIGINT NOT NULL,       -- unix ms: the last sign-in with it
    trusted_at    BIGINT,                -- unix ms: when the box was ticked (MP-57); empty: never, or taken back
    trusted_until BIGINT,                -- unix ms: end of the trust, fixed when the box was ticked (C-09)
    trust_used_at BIGINT,                -- unix ms: the last second step that it saved; empty: none
    CONSTRAINT member_browser_pair UNIQUE (member_id, token_hash)
);
-- All members of one browser are found by its secret when it gets a new one.
CREATE INDEX member_browser_token ON member_browser (token_hash);

-- Wrong guesses in a row, and the lock that follows (MP-25, MP-50). A try is written here before it is judged, so
-- that parallel requests, restarts and several processes count as one.
CREATE TABLE lockout (
    name         TEXT PRIMARY KEY,       -- whose guesses: member:…, browser:…, step:… or address:… (a MAC; nobody's address)
    member_id    TEXT REFERENCES member (id) ON DELETE CASCADE, -- empty: an address that nobody has
    tries        BIGINT NOT NULL,        -- begun since the last success or lock
    last_at      BIGINT NOT NULL,        -- unix ms
    locked_until BIGINT                  -- unix ms; empty: open
);
CREATE INDEX lockout_last ON lockout (last_at) WHERE member_id IS NULL;
CREATE INDEX lockout_member ON lockout (member_id) WHERE member_id IS NOT NULL;

-- A sign-in between its two steps. Not a session: its cookie opens nothing but the page of the second step.
CREATE TABLE pending_sign_in (
    id          TEXT PRIMARY KEY,        -- UUIDv7
    member_id   TEXT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
    token_hash  TEXT NOT NULL,           -- SHA-256 of the cookie's value
    proven_by   TEXT NOT NULL,           -- what the first step showed, as in session
    remember_at BIGINT,                  -- unix ms; empty: 自動ログイン was not ticked
    created_at  BIGINT NOT NULL,         -- unix ms
    expires_at  BIGINT NOT NULL,         -- unix ms
    used_at     BIGINT,                  -- unix ms; empty: not completed
    CONSTRAINT pending_sign_in_token UNIQUE (token_hash)
);
CREATE INDEX pending_sign_in_expires ON pending_sign_in (expires_at);
CREATE INDEX pending_sign_in_member ON pending_sign_in (member_id);

-- A code on its way by letter, for one request of one browser only (ASVS 6.6.2). A newer one replaces it.
CREATE TABLE mail_code (
    id         TEXT PRIMARY KEY,         -- UUIDv7
    member_id  TEXT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
    purpose    TEXT NOT NULL,            -- second_step (bound to a pending_sign_in) or turn_on (bound to a session)
    bound_to   TEXT NOT NULL,            -- id of what it is for
    code_hash  TEXT NOT NULL,            -- MAC of id, purpose and digits under the site key
    sent_at    BIGINT NOT NULL,          -- unix ms
    expires_at BIGINT NOT NULL,          -- unix ms (MP-47)
    used_at    BIGINT,                   -- unix ms; empty: not used
    CONSTRAINT mail_code_one UNIQUE (purpose, bound_to)
);
CREATE INDEX mail_code_expires ON mail_code (expires_at);
CREATE INDEX mail_code_member ON mail_code (member_id);

-- 2段階認証: the switch (MP-43) and the mail method (MP-45). No row: never touched.
CREATE TABLE member_second_step (
    member_id   TEXT PRIMARY KEY REFERENCES member (id) ON DELETE CASCADE,
    switched_on_at BIGINT,               -- unix ms; empty: 利用していない
    mail_since  BIGINT                   -- unix ms: when the letter's code was confirmed; empty: mail is not a method
);

-- Authenticator apps (RFC 6238). Any number; each has its own secret.
CREATE TABLE authenticator_app (
    id           TEXT PRIMARY KEY,       -- UUIDv7, given when the QR code was shown: one set-up is saved once
    member_id    TEXT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
    name         TEXT NOT NULL,          -- the member's own word for it
    seed         BYTEA NOT NULL,         -- 20 bytes, sealed under the site key
    last_step    BIGINT NOT NULL,        -- the newest 30-second step a code was accepted for; older ones are refused
    created_at   BIGINT NOT NULL,        -- unix ms
    last_used_at BIGINT                  -- unix ms; empty: only when it was set up
);
CREATE INDEX authenticator_app_member ON authenticator_app (member_id, id);

-- バックアップコード: each good once. A new list replaces the old one.
CREATE TABLE backup_code (
    id         TEXT PRIMARY KEY,         -- UUIDv7
    member_id  TEXT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
    code_mac   TEXT NOT NULL,            -- MAC of member and code under the site key
    created_at BIGINT NOT NULL,          -- unix ms
    used_at    BIGINT,                   -- unix ms; empty: still good
    CONSTRAINT backup_code_once UNIQUE (member_id, code_mac)
);

-- Passkeys (WebAuthn).
CREATE TABLE passkey (
    id            TEXT PRIMARY KEY,      -- UUIDv7
    member_id     TEXT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
    name          TEXT NOT NULL,         -- the member's own word for it
    credential_id TEXT NOT NULL,         -- base64url, as the browser names it
    credential    TEXT NOT NULL,         -- public key, counter and flags, as JSON of the WebAuthn library
    created_at    BIGINT NOT NULL,       -- unix ms
    last_used_at  BIGINT,                -- unix ms; empty: only when it was made
    CONSTRAINT passkey_credential UNIQUE (credential_id)
);
CREATE INDEX passkey_member ON passkey (member_id, id);

-- A question put to a passkey. Deleted by its answer: each is good once.
CREATE TABLE passkey_challenge (
    id         TEXT PRIMARY KEY,         -- SHA-256 of the token that the form carries
    purpose    TEXT NOT NULL,            -- add, second_step, sign_in or confirm
    bound_to   TEXT,                     -- id of the session or pending_sign_in; empty: a visitor's
    state      BYTEA NOT NULL,           -- the library's state, sealed under the site key
    expires_at BIGINT NOT NULL           -- unix ms
);
CREATE INDEX passkey_challenge_expires ON passkey_challenge (expires_at);

-- A security letter's link, which acts without sign-in, by a button.
CREATE TABLE alert (
    id          TEXT PRIMARY KEY,        -- UUIDv7
    member_id   TEXT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
    kind        TEXT NOT NULL,           -- new_browser, far_places, locked, or the change that was made
    token_hash  TEXT NOT NULL,           -- SHA-256 of the link's token
    session_id  TEXT,                    -- the session it tells of; empty: none (a lock)
    browser_id  TEXT,                    -- the member_browser it tells of; empty: none
    network     TEXT NOT NULL,           -- as in audit
    browser     TEXT NOT NULL,           -- as in audit
    created_at  BIGINT NOT NULL,         -- unix ms: when it happened
    expires_at  BIGINT NOT NULL,         -- unix ms
    answered_at BIGINT,                  -- unix ms; empty: not answered
    answer      TEXT,                    -- me or not_me; empty: as above
    CONSTRAINT alert_token UNIQUE (token_hash)
);
CREATE INDEX alert_member ON alert (member_id, id);

-- A letter with which a new password can be set.
CREATE TABLE password_reset (
    id         TEXT PRIMARY KEY,         -- UUIDv7
    member_id  TEXT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
    link_hash  TEXT NOT NULL,            -- SHA-256 of the link's token
    created_at BIGINT NOT NULL,          -- unix ms
    expires_at BIGINT NOT NULL,          -- unix ms (MP-36)
    used_at    BIGINT,                   -- unix ms; empty: not used, nor replaced by a newer one
    CONSTRAINT password_reset_link UNIQUE (link_hash)
);
CREATE INDEX password_reset_expires ON password_reset (expires_at);
CREATE INDEX password_reset_member ON password_reset (member_id);

-- Empty: the password works. Else unix ms: the owner said that somebody else used it; only a reset makes it work again.
ALTER TABLE member_password ADD COLUMN blocked_at BIGINT;

-- Which second factor was shown (mail, app, passkey, backup_code, or trusted for a trusted browser), and when.
ALTER TABLE session ADD COLUMN second_by TEXT;
ALTER TABLE session ADD COLUMN second_at BIGINT;
-- Unix ms: the last time that the member proved in this session to be themself. Empty: not since a remembered
-- browser opened it. What protects the account can be changed for ten minutes after it.
ALTER TABLE session ADD COLUMN fresh_at BIGINT;
-- The member_browser it was opened in.
ALTER TABLE session ADD COLUMN browser_id TEXT;
CREATE INDEX session_open ON session (member_id, id) WHERE ended_at IS NULL;
CREATE INDEX session_idle ON session (last_seen_at) WHERE ended_at IS NULL;

-- What the history filters by: sign_in, refused, session, security or account (identity::audit::Kind).
ALTER TABLE audit ADD COLUMN kind TEXT NOT NULL DEFAULT 'account';
-- How: password, app, mail, passkey, backup_code, trusted, remembered, registration. Empty: says nothing here.
ALTER TABLE audit ADD COLUMN method TEXT;
-- The member_browser it happened in; empty: one that was never signed in with.
ALTER TABLE audit ADD COLUMN browser_id TEXT;
UPDATE audit SET kind = 'refused' WHERE event = 'sign_in' AND refusal IS NOT NULL;
UPDATE audit SET kind = 'sign_in' WHERE event IN ('sign_in', 'auto_sign_in') AND refusal IS NULL;
UPDATE audit SET kind = 'session' WHERE event IN ('sign_out', 'other_sessions_ended');
UPDATE audit SET kind = 'security' WHERE event = 'password_change';
CREATE INDEX audit_member_kind ON audit (member_id, kind, id);
