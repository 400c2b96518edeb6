-- A browser that asked to be signed in again by itself (自動ログイン, MP-26). It outlives sessions (C-08)
-- and ends with an explicit sign-out (MP-27).
CREATE TABLE remembered_browser (
    id           TEXT PRIMARY KEY,       -- UUIDv7
    member_id    TEXT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
    token_hash   TEXT NOT NULL,          -- SHA-256 of the cookie's value; the value itself is nowhere
    created_at   BIGINT NOT NULL,        -- unix ms: when the box was ticked
    last_used_at BIGINT NOT NULL,        -- unix ms: the last session it started
    expires_at   BIGINT NOT NULL,        -- unix ms: moved on at each use
    ended_at     BIGINT,                 -- unix ms; empty: still good
    CONSTRAINT remembered_browser_token UNIQUE (token_hash)
);
CREATE INDEX remembered_browser_member ON remembered_browser (member_id);

-- One signed-in browser. Any number per member (MP-29). Rows stay after their end: the history refers to them.
CREATE TABLE session (
    id            TEXT PRIMARY KEY,      -- UUIDv7; stays when the token is renewed
    member_id     TEXT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
    token_hash    TEXT NOT NULL,         -- SHA-256 of the cookie's value; the value itself is nowhere
    remembered_id TEXT REFERENCES remembered_browser (id), -- empty: the box was not ticked
    proven_by     TEXT NOT NULL,         -- password, registration or remembered: how the person came in
    proven_at     BIGINT NOT NULL,       -- unix ms: when that was shown last
    network       TEXT NOT NULL,         -- the network address it was opened from
    browser       TEXT NOT NULL,         -- its User-Agent, cut to 300 characters
    created_at    BIGINT NOT NULL,       -- unix ms: first seen
    last_seen_at  BIGINT NOT NULL,       -- unix ms: last request, written at most once a minute (MP-31)
    last_network  TEXT NOT NULL,         -- the network address of that request
    ended_at      BIGINT,                -- unix ms; empty: still open, unless idle for too long
    CONSTRAINT session_token UNIQUE (token_hash)
);
CREATE INDEX session_member ON session (member_id, id);
