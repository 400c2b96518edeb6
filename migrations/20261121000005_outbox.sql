-- Letters on their way, put here by the transaction that they tell of and sent by a job. The row stays as a
-- record that a letter went out; its contents are erased with the sending.
CREATE TABLE outbox (
    id          TEXT PRIMARY KEY,        -- UUIDv7; also the Message-ID, so that a repeat is recognised
    kind        TEXT NOT NULL,           -- which letter: registration, known_address …
    sealed      BYTEA,                   -- address and contents under the site key; empty: sent or given up
    created_at  BIGINT NOT NULL,         -- unix ms
    next_try_at BIGINT NOT NULL,         -- unix ms; a sender moves it on before it tries: that is its claim
    give_up_at  BIGINT NOT NULL,         -- unix ms: the contents are of no use after it
    tries       BIGINT NOT NULL,         -- attempts begun
    sent_at     BIGINT,                  -- unix ms; empty: not handed over yet
    failed_at   BIGINT,                  -- unix ms; empty: not given up
    last_error  TEXT                     -- what the mail server said last, without addresses; empty: no failure
);
CREATE INDEX outbox_due ON outbox (next_try_at) WHERE sent_at IS NULL AND failed_at IS NULL;
