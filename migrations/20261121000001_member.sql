-- A member: one person's account. Everything else points at `id`, never at the address, so that the
-- address can change and be freed. A row exists only after the address was proven (MP-07, MP-11).
CREATE TABLE member (
    id               TEXT PRIMARY KEY,   -- UUIDv7; never shown as a number, never reused
    email            TEXT NOT NULL,      -- the user ID as the member wrote it (width folded, domain in lower case)
    email_key        TEXT NOT NULL,      -- the same in lower case: what "one account per address" compares (MP-06)
    family_name      TEXT NOT NULL,      -- exactly as written: no Unicode normalisation, names would change
    given_name       TEXT,               -- empty: the person has one name only
    family_name_kana TEXT,               -- full-width katakana; empty: registered in English (MP-17)
    given_name_kana  TEXT,               -- full-width katakana; empty: as above, or one name only
    birth_date       TEXT NOT NULL,      -- YYYY-MM-DD; can change, cannot be unset (MP-75)
    locale           TEXT NOT NULL,      -- ja or en: the language of letters, and of pages once signed in (MP-95)
    created_at       BIGINT NOT NULL,    -- unix ms: when the registration was completed
    CONSTRAINT member_email_key UNIQUE (email_key)
);

-- How a member proves to be themself with a password. Its own table: a member may come to have none.
CREATE TABLE member_password (
    member_id TEXT PRIMARY KEY REFERENCES member (id) ON DELETE CASCADE,
    hash      TEXT NOT NULL,             -- PHC string (Argon2id with its parameters), of the NFKC form of the password
    set_at    BIGINT NOT NULL            -- unix ms: when the member last chose it
);
