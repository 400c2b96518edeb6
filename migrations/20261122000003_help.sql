-- When work that no page waits for was last done to its end: 「当サイトが保管する情報」 says so of the purge.
CREATE TABLE job_run (
    name    TEXT PRIMARY KEY,            -- which work: purge
    last_at BIGINT NOT NULL              -- unix ms: the last time that it came to its end, in whichever process
);
