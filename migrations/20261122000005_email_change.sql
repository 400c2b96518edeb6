-- メールアドレスの変更 (MP-68 to MP-72): asked for, confirmed from the new mailbox, taken back from the old one. A row for
-- every address, whether it has an account or not, so that both cost the same; the secrets of one that has are nowhere
-- (MP-69). Rows go when they are of no use.
CREATE TABLE email_change (
    id         TEXT PRIMARY KEY,         -- UUIDv7
    member_id  TEXT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
    session_id TEXT NOT NULL,            -- the session that asked, or had the letter sent again: its code is typed there
    asked_in   TEXT NOT NULL,            -- the session that asked at first: what it set up goes with the change
    old_email  TEXT NOT NULL,            -- the address before, as in member
    new_email  TEXT NOT NULL,            -- the address to be, as in member
    link_hash  TEXT NOT NULL,            -- SHA-256 of the token of the letter to the new address
    code_hash  TEXT NOT NULL,            -- MAC of id and six digits under the site key
    code_tries BIGINT NOT NULL,          -- codes typed since the newest letter
    stop_hash  TEXT,                     -- SHA-256 of the token in the old address's first letter; empty: policy gives none
    undo_hash  TEXT,                     -- the same in its second letter, sent when the change took effect; empty: as above
    asked_at   BIGINT NOT NULL,          -- unix ms
    sent_at    BIGINT NOT NULL,          -- unix ms: when the newest letter was asked for
    over_at    BIGINT NOT NULL,          -- unix ms: end of link and code; once it took effect, end of undoing
    done_at    BIGINT,                   -- unix ms: when it took effect; empty: it did not
    stopped_at BIGINT,                   -- unix ms: cancelled, stopped or followed by a newer one; empty: not
    undone_at  BIGINT,                   -- unix ms: when the old address came back; empty: it did not
    CONSTRAINT email_change_link UNIQUE (link_hash),
    CONSTRAINT email_change_stop UNIQUE (stop_hash),
    CONSTRAINT email_change_undo UNIQUE (undo_hash)
);
CREATE INDEX email_change_member ON email_change (member_id, id);
CREATE INDEX email_change_over ON email_change (over_at);

-- Addresses that were given up and can still be brought back: nobody else can have them until then, and no page says so.
CREATE TABLE reserved_address (
    email_key      TEXT PRIMARY KEY,     -- as in member
    member_id      TEXT NOT NULL REFERENCES member (id) ON DELETE CASCADE, -- for whom it is kept
    reserved_until BIGINT NOT NULL       -- unix ms
);
CREATE INDEX reserved_address_until ON reserved_address (reserved_until);
CREATE INDEX reserved_address_member ON reserved_address (member_id);
