-- Counters with an end, for limits that must hold over restarts and over several processes.
CREATE TABLE counter (
    name       TEXT PRIMARY KEY,         -- what is counted, and of whom (hashed where it is personal)
    taken      BIGINT NOT NULL,          -- how many in this window
    resets_at  BIGINT NOT NULL           -- unix ms: the next one opens a new window
);
CREATE INDEX counter_resets ON counter (resets_at);
