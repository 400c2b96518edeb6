-- What happened to an account, one line each, written in the transaction that did it. Never changed, never
-- deleted while the account lives (MP-85, MP-86). Ids are in time order, so they page.
CREATE TABLE audit (
    id         TEXT PRIMARY KEY,         -- UUIDv7
    member_id  TEXT,                     -- empty: nobody known (a sign-in with an unknown address)
    at         BIGINT NOT NULL,          -- unix ms
    event      TEXT NOT NULL,            -- closed list, identity::audit::Event
    refusal    TEXT,                     -- stable code of the refusal; empty: it succeeded
    session_id TEXT,                     -- empty: outside of a session
    network    TEXT NOT NULL,            -- the network address it came from
    browser    TEXT NOT NULL             -- its User-Agent, cut to 300 characters
);
CREATE INDEX audit_member ON audit (member_id, id);
