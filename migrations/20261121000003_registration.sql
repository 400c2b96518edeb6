-- 仮登録: what a visitor typed, until the address is proven. Not an account (MP-11): nothing refers to it, it
-- blocks nothing, and it is purged after its time. A submission for an address that already has an account
-- leaves a row too, so that both cost the same; its secrets are never sent to anyone (MP-10).
CREATE TABLE registration (
    id               TEXT PRIMARY KEY,   -- UUIDv7
    form_hash        TEXT NOT NULL,      -- SHA-256 of the form's own id: ties the row to the browser that submitted it
    email            TEXT NOT NULL,      -- as in member
    email_key        TEXT NOT NULL,      -- as in member; not unique: anyone may try any address
    family_name      TEXT NOT NULL,      -- as in member
    given_name       TEXT,               -- as in member
    family_name_kana TEXT,               -- as in member
    given_name_kana  TEXT,               -- as in member
    birth_date       TEXT NOT NULL,      -- as in member
    locale           TEXT NOT NULL,      -- the language of the form, of the letter and of the member to be
    password_hash    TEXT NOT NULL,      -- PHC string of the chosen password
    link_hash        TEXT NOT NULL,      -- SHA-256 of the link's token
    code_hash        TEXT NOT NULL,      -- SHA-256 of the row's id and the six digits
    code_tries       BIGINT NOT NULL,    -- wrong codes typed so far
    sent_at          BIGINT NOT NULL,    -- unix ms: when the newest letter was asked for
    letters          BIGINT NOT NULL,    -- letters asked for with this row
    expires_at       BIGINT NOT NULL,    -- unix ms: end of link and code (MP-08)
    used_at          BIGINT,             -- unix ms; empty: not completed yet
    CONSTRAINT registration_form UNIQUE (form_hash, email_key),
    CONSTRAINT registration_link UNIQUE (link_hash)
);
CREATE INDEX registration_expires ON registration (expires_at);
