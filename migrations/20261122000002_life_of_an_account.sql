-- パスワードの再設定 asked for in a browser (MP-35). A row for every address, known or not, so that both cost the same;
-- only the letter of a known one leaves (MP-37).
CREATE TABLE password_reset_request (
    id         TEXT PRIMARY KEY,         -- UUIDv7
    form_hash  TEXT NOT NULL,            -- SHA-256 of the form's own id: the letter's code works in the browser that asked
    email_mac  TEXT NOT NULL,            -- MAC of the address under the site key: the same wish of the same browser
    sealed     BYTEA NOT NULL,           -- the address as typed, sealed under the site key: shown again, written to again
    reset_id   TEXT REFERENCES password_reset (id) ON DELETE CASCADE, -- empty: nobody has the address
    code_hash  TEXT NOT NULL,            -- MAC of the row's id and the code under the site key
    code_tries BIGINT NOT NULL,          -- wrong codes typed so far
    sent_at    BIGINT NOT NULL,          -- unix ms: when the newest letter was asked for
    expires_at BIGINT NOT NULL,          -- unix ms: end of link and code (MP-36)
    used_at    BIGINT,                   -- unix ms; empty: the code was not used
    CONSTRAINT password_reset_request_form UNIQUE (form_hash, email_mac)
);
CREATE INDEX password_reset_request_expires ON password_reset_request (expires_at);
CREATE INDEX password_reset_request_reset ON password_reset_request (reset_id);

-- 仮パスワード: sent by staff to the registered address (MP-96, C-01). It opens nothing but the page for a new password.
CREATE TABLE temporary_password (
    member_id  TEXT PRIMARY KEY REFERENCES member (id) ON DELETE CASCADE,
    hash       TEXT NOT NULL,            -- PHC string
    created_at BIGINT NOT NULL,          -- unix ms
    expires_at BIGINT NOT NULL,          -- unix ms
    used_at    BIGINT                    -- unix ms; empty: not used
);
CREATE INDEX temporary_password_expires ON temporary_password (expires_at);

-- Empty: open. Else unix ms: the owner locked the account; nothing signs in until a new password was set by letter.
ALTER TABLE member ADD COLUMN locked_at BIGINT;
