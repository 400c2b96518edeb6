-- The core for the next capabilities: who acts, how a session was authenticated, what names a member, mailed proofs, jobs.
--
-- Processes of the release before run on this schema while an update rolls out. Their tables and columns stay, with the
-- rules they had. What is moved here is what is long-lived; what is on its way (links, codes, sign-ins between their steps),
-- and what those processes still write, is carried over by the program (crates/identity/src/rolling_update/). A later
-- release drops them.

-- Audit lines know who acted.
-- visitor, member, staff, operator, system, client; empty: written by an older release.
ALTER TABLE audit ADD COLUMN actor_kind TEXT;
-- Which of them: a member's id, a job's name. Empty: the kind says it all.
ALTER TABLE audit ADD COLUMN actor_id TEXT;
-- The connected service that acted, or for which something was done. Empty: none.
ALTER TABLE audit ADD COLUMN client_id TEXT;
-- The organisation under whose policy it was done. Empty: the site's.
ALTER TABLE audit ADD COLUMN organisation_id TEXT;
-- Why staff or the operator did it; the member reads it. Empty: no reason was asked for.
ALTER TABLE audit ADD COLUMN reason TEXT;
-- The number of the request in the log. Empty: it was no request.
ALTER TABLE audit ADD COLUMN request_id TEXT;

-- How the member of a session authenticated: one row a method, with the last time. amr, acr, auth_time (OpenID Connect
-- Core) and "a short while ago" are read from it.
CREATE TABLE session_proof (
    -- The session.
    session_id TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    -- The stored name of an AuthMethod: password, totp, passkey, provider …
    method     TEXT NOT NULL,
    -- Which credential of that method: a passkey's id, a provider's. Empty: there is only one.
    credential TEXT,
    -- When it was last shown, unix ms.
    at         BIGINT NOT NULL,
    PRIMARY KEY (session_id, method)
);
CREATE INDEX session_proof_credential ON session_proof (credential) WHERE credential IS NOT NULL;

INSERT INTO session_proof (session_id, method, credential, at)
SELECT id, CASE proven_by WHEN 'remembered' THEN 'remembered_browser' ELSE proven_by END, CASE WHEN proven_by = 'provider' THEN provider END, proven_at FROM session;
INSERT INTO session_proof (session_id, method, credential, at)
SELECT id, CASE second_by WHEN 'app' THEN 'totp' WHEN 'mail' THEN 'mail_code' WHEN 'trusted' THEN 'trusted_browser' ELSE second_by END,
       NULL, second_at
FROM session WHERE second_by IS NOT NULL AND second_by <> proven_by;
-- A step-up left only its time; the password is what it mostly was.
INSERT INTO session_proof (session_id, method, credential, at)
SELECT id, 'password', NULL, fresh_at FROM session
WHERE fresh_at IS NOT NULL AND fresh_at > proven_at AND proven_by <> 'password';
UPDATE session_proof SET at = (SELECT MAX(s.fresh_at) FROM session s WHERE s.id = session_proof.session_id)
WHERE method = 'password'
  AND EXISTS (SELECT 1 FROM session s WHERE s.id = session_proof.session_id AND s.fresh_at > session_proof.at);

-- Every credential knows the session it was made in, so that what an intruder left can be found.
-- Empty: it is older than this column, or it was made without a session.
ALTER TABLE authenticator_app ADD COLUMN created_in TEXT;
-- The same.
ALTER TABLE backup_code ADD COLUMN created_in TEXT;
-- The same.
ALTER TABLE passkey ADD COLUMN created_in TEXT;
-- The session in which codes by e-mail were turned on. Empty: as above, or they are off.
ALTER TABLE member_second_step ADD COLUMN mail_created_in TEXT;
UPDATE authenticator_app SET created_in =
    (SELECT MAX(a.session_id) FROM audit a WHERE a.member_id = authenticator_app.member_id
     AND a.kind = 'security' AND a.event = 'factor_added' AND a.method = 'app' AND a.at = authenticator_app.created_at);
UPDATE backup_code SET created_in =
    (SELECT MAX(a.session_id) FROM audit a WHERE a.member_id = backup_code.member_id
     AND a.kind = 'security' AND a.event = 'backup_codes_made' AND a.at = backup_code.created_at);
UPDATE passkey SET created_in =
    (SELECT MAX(a.session_id) FROM audit a WHERE a.member_id = passkey.member_id
     AND a.kind = 'security' AND a.event = 'passkey_added' AND a.at = passkey.created_at);
UPDATE member_second_step SET mail_created_in =
    (SELECT MAX(a.session_id) FROM audit a WHERE a.member_id = member_second_step.member_id
     AND a.kind = 'security' AND a.event = 'factor_added' AND a.method = 'mail' AND a.at = member_second_step.mail_since)
WHERE mail_since IS NOT NULL;

-- What happened, in the terms of the field.
UPDATE audit SET
    event = CASE event
        WHEN 'second_step' THEN 'second_factor'
        WHEN 'second_step_locked' THEN 'second_factor_locked'
        WHEN 'second_step_on' THEN 'second_factor_on'
        WHEN 'second_step_off' THEN 'second_factor_off'
        WHEN 'confirmed' THEN 'reauthenticated'
        WHEN 'password_change' THEN 'password_changed'
        WHEN 'reset_asked' THEN 'password_reset_requested'
        WHEN 'account_locked' THEN 'account_suspended'
        WHEN 'profile_change' THEN 'profile_changed'
        WHEN 'email_change_asked' THEN 'email_change_requested'
        WHEN 'email_change' THEN 'email_changed'
        WHEN 'email_change_undone' THEN 'email_change_reverted'
        WHEN 'data_asked' THEN 'data_export_requested'
        WHEN 'data_taken' THEN 'data_export_downloaded'
        WHEN 'factor_added' THEN CASE method WHEN 'mail' THEN 'mail_codes_added' ELSE 'totp_added' END
        WHEN 'factor_removed' THEN CASE method WHEN 'mail' THEN 'mail_codes_removed' WHEN 'app' THEN 'totp_removed' ELSE 'factors_cleared' END
        ELSE event END,
    method = CASE
        WHEN method LIKE 'sns:%' THEN 'provider:' || substr(method, 5)
        WHEN event IN ('factor_added', 'factor_removed') THEN NULL
        WHEN method = 'app' THEN 'totp'
        WHEN method = 'mail' THEN 'mail_code'
        WHEN method = 'trusted' THEN 'trusted_browser'
        WHEN method = 'remembered' THEN 'remembered_browser'
        ELSE method END
WHERE event IN ('second_step', 'second_step_locked', 'second_step_on', 'second_step_off', 'confirmed', 'password_change',
    'reset_asked', 'account_locked', 'profile_change', 'email_change_asked', 'email_change', 'email_change_undone',
    'data_asked', 'data_taken', 'factor_added', 'factor_removed')
   OR method IN ('app', 'mail', 'trusted', 'remembered') OR method LIKE 'sns:%';

-- What a member is called by: to sign in, to be written to, to be found.
CREATE TABLE identifier (
    -- email, user_name …; which of them sign in is the policy's to say.
    kind           TEXT NOT NULL,
    -- The form in which two are compared: folded, lower case.
    key            TEXT NOT NULL,
    -- Whose it is.
    member_id      TEXT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
    -- As the member wrote it.
    value          TEXT NOT NULL,
    -- When it was proven to be theirs, unix ms. Empty: it was not, or there is nothing to prove.
    verified_at    BIGINT,
    -- When it became theirs, unix ms.
    created_at     BIGINT NOT NULL,
    -- Given up, and kept for its member until then (unix ms). Empty: in use.
    reserved_until BIGINT,
    CONSTRAINT identifier_key UNIQUE (kind, key)
);
CREATE INDEX identifier_member ON identifier (member_id, kind);
CREATE INDEX identifier_reserved ON identifier (reserved_until) WHERE reserved_until IS NOT NULL;
INSERT INTO identifier (kind, key, member_id, value, verified_at, created_at)
SELECT 'email', email_key, id, email, created_at, created_at FROM member;
INSERT INTO identifier (kind, key, member_id, value, created_at, reserved_until)
SELECT 'email', r.email_key, r.member_id, r.email_key, r.reserved_until, r.reserved_until FROM reserved_address r
WHERE NOT EXISTS (SELECT 1 FROM identifier i WHERE i.kind = 'email' AND i.key = r.email_key);

-- Where else a member can be reached.
CREATE TABLE contact (
    id          TEXT PRIMARY KEY,
    member_id   TEXT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
    -- phone; later second and recovery addresses.
    kind        TEXT NOT NULL,
    -- What it is for: profile; later recovery.
    use_for     TEXT NOT NULL,
    -- The number or address, folded.
    value       TEXT NOT NULL,
    -- When it was proven to be theirs, unix ms. Empty: it was not.
    verified_at BIGINT,
    -- unix ms
    created_at  BIGINT NOT NULL,
    CONSTRAINT contact_one UNIQUE (member_id, kind, use_for)
);

-- A sign-in on its way: what was shown so far, and what more is demanded. Takes the place of pending_sign_in.
CREATE TABLE sign_in_attempt (
    id          TEXT PRIMARY KEY,
    -- Who it is, by what was shown so far.
    member_id   TEXT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
    -- SHA-256 of the token that the browser keeps.
    token_hash  TEXT NOT NULL,
    -- JSON: the proofs given, each with method, credential and unix ms.
    proofs      TEXT NOT NULL,
    -- JSON: what is demanded beyond the policy (level, max_age). Empty: nothing.
    demand      TEXT,
    -- When 自動ログイン was asked for, unix ms. Empty: it was not.
    remember_at BIGINT,
    -- unix ms
    created_at  BIGINT NOT NULL,
    -- unix ms
    expires_at  BIGINT NOT NULL,
    -- When it was completed or ended, unix ms. Empty: it waits.
    used_at     BIGINT,
    CONSTRAINT sign_in_attempt_token UNIQUE (token_hash)
);
CREATE INDEX sign_in_attempt_expires ON sign_in_attempt (expires_at);
CREATE INDEX sign_in_attempt_member ON sign_in_attempt (member_id);

-- What was proven by e-mail: a link, a code, or both. Takes the place of registration, password_reset,
-- password_reset_request, temporary_password, mail_code, alert, and of the links of email_change.
CREATE TABLE mailed_proof (
    id         TEXT PRIMARY KEY,
    -- registration, password_reset, temporary_password, email_change, email_change_stop, email_change_undo, alert,
    -- second_factor, mail_codes.
    purpose    TEXT NOT NULL,
    -- Whose account it is about. Empty: there is none (yet).
    member_id  TEXT REFERENCES member (id) ON DELETE CASCADE,
    -- MAC of the address it went to: finds what waits for an address without holding it.
    recipient  TEXT NOT NULL,
    -- What the code counts in: the form of a browser (SHA-256 of its secret), a session, a sign-in attempt, a change.
    -- Empty: nothing.
    bound_to   TEXT,
    -- SHA-256 of the link's token. Empty: no link was sent.
    link_hash  TEXT,
    -- MAC of the code; for a temporary password its Argon2id hash. Empty: no code was sent, or it was exchanged.
    code_hash  TEXT,
    -- Codes tried.
    tries      BIGINT NOT NULL,
    -- What the use case needs to go on, sealed. Empty: nothing.
    sealed     BYTEA,
    -- Which e-mail of its purpose: for an alert the event. Empty: there is one kind.
    detail     TEXT,
    -- unix ms
    sent_at    BIGINT NOT NULL,
    -- unix ms
    expires_at BIGINT NOT NULL,
    -- When it was used, unix ms. Empty: it was not.
    used_at    BIGINT,
    -- When it was made useless, unix ms. Empty: it was not.
    voided_at  BIGINT,
    CONSTRAINT mailed_proof_link UNIQUE (link_hash),
    CONSTRAINT mailed_proof_bound UNIQUE (purpose, bound_to, recipient)
);
CREATE INDEX mailed_proof_expires ON mailed_proof (expires_at);
CREATE INDEX mailed_proof_member ON mailed_proof (member_id, purpose, id) WHERE member_id IS NOT NULL;
CREATE INDEX mailed_proof_recipient ON mailed_proof (recipient, purpose);

-- Work that no request waits for.
CREATE TABLE job (
    id           TEXT PRIMARY KEY,
    -- Who does it.
    kind         TEXT NOT NULL,
    -- Which one of its kind: asked for twice, it is one job.
    key          TEXT NOT NULL,
    -- Not before, unix ms.
    run_at       BIGINT NOT NULL,
    -- A worker has it until then (unix ms); 0: nobody has.
    leased_until BIGINT NOT NULL,
    -- When a recurring job was last done, unix ms. Empty: it was not yet.
    done_at      BIGINT,
    CONSTRAINT job_one UNIQUE (kind, key)
);
CREATE INDEX job_due ON job (kind, run_at);
INSERT INTO job (id, kind, key, run_at, leased_until, done_at) SELECT 'purge', 'purge', 'all', COALESCE(MAX(last_at), 0), 0, MAX(last_at) FROM job_run WHERE name = 'purge';
-- What is older than the newest line of the history was moved above.
INSERT INTO job (id, kind, key, run_at, leased_until, done_at) SELECT 'rolling_update', 'rolling_update', 'all', 0, 0, COALESCE(MAX(at), 0) FROM audit;

-- Lanes: neither a slow mail server nor a flood of one kind delays the code that somebody is waiting for.
-- code, account, visitor.
ALTER TABLE outbox ADD COLUMN lane TEXT NOT NULL DEFAULT 'account';
CREATE INDEX outbox_lane ON outbox (lane, next_try_at) WHERE sent_at IS NULL AND failed_at IS NULL;

-- Rate limits. Takes the place of counter, whose windows are over within a day.
CREATE TABLE rate_limit (
    -- What is limited.
    what      TEXT NOT NULL,
    -- Whose: a member's id, or the MAC of a network or address.
    subject   TEXT NOT NULL,
    -- How many were taken in this window.
    taken     BIGINT NOT NULL,
    -- When the window ends, unix ms.
    resets_at BIGINT NOT NULL,
    PRIMARY KEY (what, subject)
);
CREATE INDEX rate_limit_resets ON rate_limit (resets_at);
CREATE INDEX rate_limit_subject ON rate_limit (subject);

-- An authorization request to an outside provider, from the button to its callback. Takes the place of provider_visit.
CREATE TABLE auth_request (
    id           TEXT PRIMARY KEY,
    -- The provider's id in the settings.
    provider     TEXT NOT NULL,
    -- sign_in, sign_up, link, reauthenticate.
    purpose      TEXT NOT NULL,
    -- The session it was begun in. Empty: a visitor's.
    session_id   TEXT,
    -- Where to go afterwards. Empty: the purpose's own page.
    next         TEXT,
    -- SHA-256 of the secret of the browser.
    browser_hash TEXT NOT NULL,
    -- SHA-256 of the state parameter.
    state_hash   TEXT NOT NULL,
    -- Nonce and PKCE verifier, sealed.
    sealed       BYTEA NOT NULL,
    -- unix ms
    expires_at   BIGINT NOT NULL,
    -- When its callback came, unix ms. Empty: it did not yet.
    used_at      BIGINT,
    CONSTRAINT auth_request_state UNIQUE (state_hash)
);
CREATE INDEX auth_request_expires ON auth_request (expires_at);

-- An account of an outside provider that nobody is linked to, waiting in a browser. Takes the place of pending_link.
CREATE TABLE pending_identity (
    id         TEXT PRIMARY KEY,
    -- SHA-256 of the token that the browser keeps.
    token_hash TEXT NOT NULL,
    -- What it was brought for: sign_in, sign_up.
    purpose    TEXT NOT NULL,
    -- What the provider said, sealed.
    sealed     BYTEA NOT NULL,
    -- unix ms
    expires_at BIGINT NOT NULL,
    -- When it was linked or dropped, unix ms. Empty: it waits.
    used_at    BIGINT,
    CONSTRAINT pending_identity_token UNIQUE (token_hash)
);
CREATE INDEX pending_identity_expires ON pending_identity (expires_at);

-- Addresses that were given up by a change, while the change can be taken back. Takes the place of email_change, whose
-- changes on their way are mailed proofs.
CREATE TABLE address_change (
    id         TEXT PRIMARY KEY,
    member_id  TEXT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
    -- The session in which it was asked for.
    asked_in   TEXT NOT NULL,
    old_email  TEXT NOT NULL,
    new_email  TEXT NOT NULL,
    -- When it took effect, unix ms.
    done_at    BIGINT NOT NULL,
    -- Until when it can be taken back, unix ms.
    undo_until BIGINT NOT NULL,
    -- When it was taken back, unix ms. Empty: it was not.
    undone_at  BIGINT
);
CREATE INDEX address_change_member ON address_change (member_id, id);
CREATE INDEX address_change_until ON address_change (undo_until);
