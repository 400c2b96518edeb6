-- 退会: a number to quote, and nothing else. It says that somebody left, not who (MP-92).
CREATE TABLE withdrawal (
    receipt TEXT PRIMARY KEY,            -- 12 letters and digits in groups of four, as the page and the letter show it
    at      BIGINT NOT NULL              -- unix ms
);

-- Members who left minutes ago. A request of theirs that was under way may still write a line of the history; the
-- purge anonymises those too, and forgets the id.
CREATE TABLE withdrawn_member (
    member_id TEXT PRIMARY KEY,          -- nobody's any more: there is no such member
    left_at   BIGINT NOT NULL            -- unix ms
);

-- What goes with a member is found by an index, however large the table.
CREATE INDEX session_remembered ON session (remembered_id) WHERE remembered_id IS NOT NULL;
CREATE INDEX registration_email ON registration (email_key);

-- マイデータ: a copy of what is held about a member, to be downloaded. One at a time; gone a day after it was built.
CREATE TABLE data_export (
    id            TEXT PRIMARY KEY,      -- UUIDv7
    member_id     TEXT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
    asked_at      BIGINT NOT NULL,       -- unix ms
    claimed_until BIGINT NOT NULL,       -- unix ms; a builder moves it on before each step: that is its claim. 0: nobody's yet
    ready_at      BIGINT,                -- unix ms; empty: being built
    expires_at    BIGINT,                -- unix ms: it is removed then; empty: as above
    CONSTRAINT data_export_member UNIQUE (member_id)
);
CREATE INDEX data_export_due ON data_export (claimed_until) WHERE ready_at IS NULL;
CREATE INDEX data_export_expires ON data_export (expires_at) WHERE expires_at IS NOT NULL;

-- Its contents, piece by piece, so that nobody has to hold all of it at once.
CREATE TABLE data_export_chunk (
    export_id TEXT NOT NULL REFERENCES data_export (id) ON DELETE CASCADE,
    place     BIGINT NOT NULL,           -- 0, 1, 2 …
    sealed    BYTEA NOT NULL,            -- rows of one kind as JSON, under the site key
    PRIMARY KEY (export_id, place)
);
