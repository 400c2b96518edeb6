DELETE FROM alert WHERE id IN (SELECT id FROM alert ORDER BY id LIMIT $2) AND expires_at <= $1
DELETE FROM audit WHERE id IN (SELECT id FROM audit ORDER BY id LIMIT $2) AND at <= $1
DELETE FROM authenticator_app WHERE id = $1 AND member_id = $2
DELETE FROM authenticator_app WHERE member_id = $1
DELETE FROM authenticator_app WHERE member_id = $1 AND created_at IN (SELECT at FROM audit WHERE member_id = $1 AND kind = 'security' AND session_id = $2 AND event = $3)
DELETE FROM backup_code WHERE member_id = $1
DELETE FROM backup_code WHERE member_id = $1 AND created_at IN (SELECT at FROM audit WHERE member_id = $1 AND kind = 'security' AND session_id = $2 AND event = $3)
DELETE FROM backup_code WHERE member_id = $1 AND id NOT LIKE $2
DELETE FROM counter WHERE name IN (SELECT name FROM counter WHERE resets_at <= $1 ORDER BY resets_at LIMIT $2)
DELETE FROM counter WHERE name LIKE '%:' || $1
DELETE FROM data_export WHERE id IN (SELECT id FROM data_export WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)
DELETE FROM data_export WHERE member_id = $1 AND ready_at IS NOT NULL
DELETE FROM data_export_chunk WHERE export_id = $1
DELETE FROM email_change WHERE id IN (SELECT id FROM email_change WHERE over_at <= $1 ORDER BY over_at LIMIT $2)
DELETE FROM linked_account WHERE member_id = $1 AND (session_id = $2 OR provider = $3) RETURNING provider
DELETE FROM linked_account WHERE member_id = $1 AND provider = $2
DELETE FROM linked_account WHERE member_id = $1 RETURNING provider
DELETE FROM lockout WHERE member_id = $1 AND name <> $2
DELETE FROM lockout WHERE name = $1
DELETE FROM lockout WHERE name IN (SELECT name FROM lockout WHERE member_id IS NULL AND last_at <= $1 ORDER BY last_at LIMIT $2)
DELETE FROM mail_code WHERE id IN (SELECT id FROM mail_code WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)
DELETE FROM member WHERE id = $1 RETURNING id, email, family_name, given_name, family_name_kana, given_name_kana, birth_date, locale, created_at
DELETE FROM member_browser WHERE id = $1 AND member_id = $2
DELETE FROM member_password WHERE member_id = $1
DELETE FROM outbox WHERE id = $1
DELETE FROM passkey WHERE id = $1 AND member_id = $2
DELETE FROM passkey WHERE member_id = $1
DELETE FROM passkey WHERE member_id = $1 AND created_at IN (SELECT at FROM audit WHERE member_id = $1 AND kind = 'security' AND session_id = $2 AND event = $3)
DELETE FROM passkey_challenge WHERE id = $1 AND purpose = $2 AND COALESCE(bound_to, '') = $3 AND expires_at > $4 RETURNING state
DELETE FROM passkey_challenge WHERE id IN (SELECT id FROM passkey_challenge WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)
DELETE FROM password_reset WHERE id IN (SELECT id FROM password_reset WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)
DELETE FROM password_reset_request WHERE id IN (SELECT id FROM password_reset_request WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)
DELETE FROM pending_link WHERE id IN (SELECT id FROM pending_link WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)
DELETE FROM pending_sign_in WHERE id IN (SELECT id FROM pending_sign_in WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)
DELETE FROM provider_visit WHERE id IN (SELECT id FROM provider_visit WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)
DELETE FROM registration WHERE email_key = $1
DELETE FROM registration WHERE id IN (SELECT id FROM registration WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)
DELETE FROM reserved_address WHERE email_key = $1 AND member_id = $2
DELETE FROM reserved_address WHERE email_key IN (SELECT email_key FROM reserved_address WHERE reserved_until <= $1 ORDER BY reserved_until LIMIT $2)
DELETE FROM temporary_password WHERE member_id = $1
DELETE FROM temporary_password WHERE member_id IN (SELECT member_id FROM temporary_password WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)
DELETE FROM withdrawn_member WHERE member_id IN (SELECT member_id FROM withdrawn_member WHERE left_at <= $1 ORDER BY left_at LIMIT $2) RETURNING member_id
INSERT INTO alert (id, member_id, kind, token_hash, session_id, browser_id, network, browser, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, (SELECT id FROM member_browser WHERE member_id = $2 AND token_hash = $10), $6, $7, $8, $9)
INSERT INTO audit (id, member_id, at, event, refusal, session_id, network, browser, kind, method, browser_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, (SELECT id FROM member_browser WHERE member_id = $2 AND token_hash = $11))
INSERT INTO authenticator_app (id, member_id, name, seed, last_step, created_at) SELECT $1, $2, $3, $4, $5, $6 WHERE (SELECT COUNT(*) FROM authenticator_app WHERE member_id = $2) < $7 ON CONFLICT (id) DO NOTHING
INSERT INTO backup_code (id, member_id, code_mac, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
INSERT INTO counter (name, taken, resets_at) VALUES ($1, 1, $2) ON CONFLICT (name) DO UPDATE SET taken = CASE WHEN counter.resets_at <= $3 THEN 1 ELSE counter.taken + 1 END, resets_at = CASE WHEN counter.resets_at <= $3 THEN excluded.resets_at ELSE counter.resets_at END RETURNING taken
INSERT INTO data_export (id, member_id, asked_at, claimed_until) VALUES ($1, $2, $3, 0) ON CONFLICT (member_id) DO NOTHING
INSERT INTO data_export_chunk (export_id, place, sealed) VALUES ($1, $2, $3)
INSERT INTO email_change (id, member_id, session_id, asked_in, old_email, new_email, link_hash, code_hash, code_tries, stop_hash, asked_at, sent_at, over_at) VALUES ($1, $2, $3, $3, $4, $5, $6, $7, 0, $8, $9, $9, $10)
INSERT INTO job_run (name, last_at) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET last_at = excluded.last_at
INSERT INTO linked_account (id, member_id, provider, subject, shown, session_id, linked_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING
INSERT INTO lockout (name, member_id, tries, last_at, locked_until) VALUES ($1, $2, 1, $3, CASE WHEN $5 <= 1 THEN $4 ELSE NULL END) ON CONFLICT (name) DO UPDATE SET tries = CASE WHEN lockout.locked_until <= $3 THEN 1 ELSE lockout.tries + 1 END, locked_until = CASE WHEN lockout.locked_until > $3 THEN lockout.locked_until WHEN (CASE WHEN lockout.locked_until <= $3 THEN 1 ELSE lockout.tries + 1 END) >= $5 THEN $4 ELSE NULL END, last_at = $3 RETURNING tries
INSERT INTO mail_code (id, member_id, purpose, bound_to, code_hash, sent_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (purpose, bound_to) DO UPDATE SET code_hash = excluded.code_hash, sent_at = excluded.sent_at, expires_at = excluded.expires_at, used_at = NULL
INSERT INTO member (id, email, email_key, family_name, given_name, family_name_kana, given_name_kana, birth_date, locale, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
INSERT INTO member_browser (id, member_id, token_hash, browser, network, first_seen_at, last_seen_at) VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT (member_id, token_hash) DO UPDATE SET browser = excluded.browser, network = excluded.network, last_seen_at = excluded.last_seen_at RETURNING id, first_seen_at
INSERT INTO member_password (member_id, hash, set_at) VALUES ($1, $2, $3) ON CONFLICT (member_id) DO UPDATE SET hash = excluded.hash, set_at = excluded.set_at, blocked_at = NULL
INSERT INTO member_second_step (member_id, mail_since) VALUES ($1, $2) ON CONFLICT (member_id) DO UPDATE SET mail_since = excluded.mail_since WHERE member_second_step.mail_since IS NULL
INSERT INTO member_second_step (member_id, switched_on_at) VALUES ($1, $2) ON CONFLICT (member_id) DO UPDATE SET switched_on_at = excluded.switched_on_at WHERE member_second_step.switched_on_at IS NULL
INSERT INTO outbox (id, kind, sealed, created_at, next_try_at, give_up_at, tries) VALUES ($1, $2, $3, $4, $4, $5, 0)
INSERT INTO passkey (id, member_id, name, credential_id, credential, created_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (credential_id) DO NOTHING
INSERT INTO passkey_challenge (id, purpose, bound_to, state, expires_at) VALUES ($1, $2, $3, $4, $5)
INSERT INTO password_reset (id, member_id, link_hash, created_at, expires_at) SELECT $1, id, $3, $4, $5 FROM member WHERE id = $2 RETURNING id
INSERT INTO password_reset_request (id, form_hash, email_mac, sealed, code_hash, code_tries, sent_at, expires_at) VALUES ($1, $2, $3, $4, $5, 0, $6, $7) ON CONFLICT (form_hash, email_mac) DO UPDATE SET id = excluded.id, sealed = excluded.sealed, reset_id = NULL, code_hash = excluded.code_hash, code_tries = 0, sent_at = excluded.sent_at, expires_at = excluded.expires_at, used_at = NULL WHERE password_reset_request.sent_at <= $8 RETURNING id
INSERT INTO pending_link (id, token_hash, purpose, brought, expires_at) VALUES ($1, $2, $3, $4, $5)
INSERT INTO pending_sign_in (id, member_id, token_hash, proven_by, remember_at, created_at, expires_at, provider) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
INSERT INTO provider_visit (id, provider, purpose, session_id, next, browser_hash, state_hash, carried, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
INSERT INTO registration (id, form_hash, email, email_key, family_name, given_name, family_name_kana, given_name_kana, birth_date, locale, password_hash, link_hash, code_hash, code_tries, sent_at, letters, expires_at, brought) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, $14, 1, $15, $17) ON CONFLICT (form_hash, email_key) DO UPDATE SET id = excluded.id, email = excluded.email, family_name = excluded.family_name, given_name = excluded.given_name, family_name_kana = excluded.family_name_kana, given_name_kana = excluded.given_name_kana, birth_date = excluded.birth_date, locale = excluded.locale, password_hash = excluded.password_hash, link_hash = excluded.link_hash, code_hash = excluded.code_hash, code_tries = 0, sent_at = excluded.sent_at, letters = registration.letters + 1, expires_at = excluded.expires_at, brought = COALESCE(excluded.brought, registration.brought), used_at = NULL WHERE registration.sent_at <= $16 RETURNING id
INSERT INTO remembered_browser (id, member_id, token_hash, created_at, last_used_at, expires_at) VALUES ($1, $2, $3, $4, $4, $5)
INSERT INTO reserved_address (email_key, member_id, reserved_until) VALUES ($1, $2, $3) ON CONFLICT (email_key) DO UPDATE SET member_id = excluded.member_id, reserved_until = excluded.reserved_until
INSERT INTO session (id, member_id, token_hash, remembered_id, proven_by, proven_at, network, browser, created_at, last_seen_at, last_network, second_by, second_at, fresh_at, browser_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $6, $6, $7, $9, $10, $11, $12)
INSERT INTO temporary_password (member_id, hash, created_at, expires_at) VALUES ($1, $2, $3, $4) ON CONFLICT (member_id) DO UPDATE SET hash = excluded.hash, created_at = excluded.created_at, expires_at = excluded.expires_at, used_at = NULL
INSERT INTO withdrawal (receipt, at) VALUES ($1, $2)
INSERT INTO withdrawn_member (member_id, left_at) VALUES ($1, $2)
SELECT $2 FROM member_password WHERE member_id = $1 AND blocked_at IS NULL UNION ALL SELECT $3 FROM passkey WHERE member_id = $1 UNION ALL SELECT $4 || provider FROM linked_account WHERE member_id = $1
SELECT (SELECT COUNT(*) FROM member WHERE email_key = $1 AND id <> $2) + (SELECT COUNT(*) FROM reserved_address WHERE email_key = $1 AND member_id <> $2 AND reserved_until > $3)
SELECT 1
SELECT COUNT(*) FROM data_export_chunk WHERE export_id = $1
SELECT COUNT(*) FROM passkey WHERE member_id = $1
SELECT COUNT(*), MIN(created_at) FROM outbox WHERE sent_at IS NULL AND failed_at IS NULL
SELECT MAX(id) FROM backup_code WHERE member_id = $1 AND id > $2 AND id NOT LIKE $3
SELECT at FROM withdrawal WHERE receipt = $1
SELECT created_at AS at, network, browser FROM session WHERE member_id = $1 AND id < $2 ORDER BY id DESC LIMIT 1
SELECT credential_id FROM passkey WHERE member_id = $1 ORDER BY id
SELECT expires_at FROM remembered_browser WHERE token_hash = $1 AND ended_at IS NULL AND expires_at > $2
SELECT hash FROM member_password WHERE member_id = $1
SELECT hash FROM member_password WHERE member_id = $1 AND blocked_at IS NOT NULL
SELECT id AS key, asked_at, ready_at, expires_at FROM data_export WHERE member_id = $1 AND id > $2 ORDER BY id LIMIT $3
SELECT id AS key, at, event, kind, refusal, method, browser, network FROM audit WHERE member_id = $1 AND id > $2 ORDER BY id LIMIT $3
SELECT id AS key, browser, network, first_seen_at, last_seen_at, trusted_at, trusted_until, trust_used_at FROM member_browser WHERE member_id = $1 AND id > $2 ORDER BY id LIMIT $3
SELECT id AS key, created_at, browser, network, proven_by, provider, proven_at, second_by, second_at, fresh_at, last_seen_at, last_network, ended_at FROM session WHERE member_id = $1 AND id > $2 ORDER BY id LIMIT $3
SELECT id AS key, created_at, expires_at, used_at FROM password_reset WHERE member_id = $1 AND id > $2 ORDER BY id LIMIT $3
SELECT id AS key, created_at, last_used_at, expires_at, ended_at FROM remembered_browser WHERE member_id = $1 AND id > $2 ORDER BY id LIMIT $3
SELECT id AS key, created_at, used_at FROM backup_code WHERE member_id = $1 AND id > $2 ORDER BY id LIMIT $3
SELECT id AS key, email, family_name, given_name, family_name_kana, given_name_kana, birth_date, locale, created_at, locked_at FROM member WHERE id = $1 AND id > $2 LIMIT $3
SELECT id AS key, kind, created_at, browser, network, expires_at, answered_at, answer FROM alert WHERE member_id = $1 AND id > $2 ORDER BY id LIMIT $3
SELECT id AS key, name, created_at, last_used_at FROM authenticator_app WHERE member_id = $1 AND id > $2 ORDER BY id LIMIT $3
SELECT id AS key, name, created_at, last_used_at FROM passkey WHERE member_id = $1 AND id > $2 ORDER BY id LIMIT $3
SELECT id AS key, old_email, new_email, asked_at, over_at AS expires_at, done_at, stopped_at, undone_at FROM email_change WHERE member_id = $1 AND id > $2 ORDER BY id LIMIT $3
SELECT id AS key, proven_by, provider, created_at, expires_at, used_at FROM pending_sign_in WHERE member_id = $1 AND id > $2 ORDER BY id LIMIT $3
SELECT id AS key, provider, subject, shown, linked_at, last_used_at FROM linked_account WHERE member_id = $1 AND id > $2 ORDER BY id LIMIT $3
SELECT id AS key, purpose, sent_at, expires_at, used_at FROM mail_code WHERE member_id = $1 AND id > $2 ORDER BY id LIMIT $3
SELECT id FROM authenticator_app WHERE id = $1 AND member_id = $2
SELECT id FROM member_browser WHERE member_id = $1 AND token_hash = $2
SELECT id FROM session WHERE member_id = $1 AND browser_id = $2 AND created_at >= $3
SELECT id FROM session WHERE member_id = $1 AND created_at >= $3 AND (provider = $2 OR remembered_id IN (SELECT remembered_id FROM session WHERE member_id = $1 AND provider = $2 AND remembered_id IS NOT NULL))
SELECT id, at, event, refusal, method, network, browser, browser_id FROM audit WHERE member_id = $1 AND id < $2 AND kind = $4 ORDER BY id DESC LIMIT $3
SELECT id, at, event, refusal, method, network, browser, browser_id FROM audit WHERE member_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3
SELECT id, browser, last_network, created_at, last_seen_at, proven_by, second_by, remembered_id, CASE WHEN id = $2 OR remembered_id = $3 THEN 1 ELSE 0 END AS here FROM (SELECT s.id, s.browser, s.last_network, s.created_at, s.last_seen_at, s.proven_by, s.second_by, r.id AS remembered_id FROM session s LEFT JOIN remembered_browser r ON r.id = s.remembered_id AND r.ended_at IS NULL AND r.expires_at > $4 WHERE s.member_id = $1 AND s.ended_at IS NULL AND s.last_seen_at > $5 AND r.id IS NULL UNION ALL SELECT s.id, s.browser, s.last_network, s.created_at, s.last_seen_at, s.proven_by, s.second_by, r.id AS remembered_id FROM remembered_browser r JOIN session s ON s.id = (SELECT n.id FROM session n WHERE n.member_id = $1 AND n.remembered_id = r.id ORDER BY n.id DESC LIMIT 1) WHERE r.member_id = $1 AND r.ended_at IS NULL AND r.expires_at > $4) AS listed ORDER BY here DESC, last_seen_at DESC, id DESC LIMIT $6
SELECT id, browser, network, trusted_at, trusted_until, trust_used_at FROM member_browser WHERE member_id = $1 AND trusted_until > $2 ORDER BY id DESC
SELECT id, browser_id FROM session WHERE member_id = $1 AND (id = $2 OR created_at >= $3)
SELECT id, email, expires_at FROM registration WHERE form_hash = $1 AND used_at IS NULL AND expires_at > $2 ORDER BY sent_at DESC LIMIT 1
SELECT id, email, family_name, given_name, family_name_kana, given_name_kana, birth_date, locale, created_at FROM member WHERE email_key = $1
SELECT id, email, family_name, given_name, family_name_kana, given_name_kana, birth_date, locale, created_at FROM member WHERE id = $1
SELECT id, form_hash, email, family_name, given_name, family_name_kana, given_name_kana, birth_date, locale, password_hash, brought FROM registration WHERE link_hash = $1 AND used_at IS NULL AND expires_at > $2
SELECT id, locale FROM member WHERE email_key = $1
SELECT id, member_id, credential FROM passkey WHERE credential_id = $1
SELECT id, member_id, session_id, asked_in, old_email, new_email, sent_at, over_at, done_at FROM email_change WHERE (stop_hash = $1 OR undo_hash = $1) AND stopped_at IS NULL AND undone_at IS NULL AND over_at > $2
SELECT id, member_id, session_id, asked_in, old_email, new_email, sent_at, over_at, done_at FROM email_change WHERE link_hash = $1 AND done_at IS NULL AND stopped_at IS NULL AND over_at > $2
SELECT id, member_id, session_id, asked_in, old_email, new_email, sent_at, over_at, done_at FROM email_change WHERE member_id = $1 AND done_at >= $2 AND undone_at IS NULL AND over_at > $3 ORDER BY id LIMIT 1
SELECT id, member_id, session_id, asked_in, old_email, new_email, sent_at, over_at, done_at FROM email_change WHERE member_id = $1 AND done_at IS NULL AND stopped_at IS NULL AND over_at > $2
SELECT id, name, created_at, last_used_at FROM authenticator_app WHERE member_id = $1 ORDER BY id
SELECT id, name, created_at, last_used_at FROM passkey WHERE member_id = $1 ORDER BY id
SELECT id, ready_at, expires_at FROM data_export WHERE member_id = $1
SELECT id, ready_at, expires_at FROM data_export WHERE member_id = $1 AND expires_at > $2
SELECT id, seed FROM authenticator_app WHERE member_id = $1 ORDER BY id
SELECT kind, created_at, network, browser FROM alert WHERE token_hash = $1 AND answered_at IS NULL AND expires_at > $2
SELECT last_at FROM job_run WHERE name = $1
SELECT locked_until FROM lockout WHERE name = $1 AND locked_until > $2
SELECT m.id AS member_id, p.hash, t.hash AS temporary FROM member m LEFT JOIN member_password p ON p.member_id = m.id LEFT JOIN temporary_password t ON t.member_id = m.id AND t.used_at IS NULL AND t.expires_at > $2 WHERE m.email_key = $1
SELECT member_id AS key, created_at, expires_at, used_at FROM temporary_password WHERE member_id = $1 AND member_id > $2 LIMIT $3
SELECT member_id AS key, set_at, blocked_at FROM member_password WHERE member_id = $1 AND member_id > $2 LIMIT $3
SELECT member_id AS key, switched_on_at, mail_since FROM member_second_step WHERE member_id = $1 AND member_id > $2 LIMIT $3
SELECT member_id FROM linked_account WHERE provider = $1 AND subject = $2
SELECT member_id FROM password_reset WHERE link_hash = $1 AND used_at IS NULL AND expires_at > $2
SELECT member_id FROM reserved_address WHERE email_key = $1 AND member_id <> $2 AND reserved_until > $3
SELECT name AS key, tries, last_at, locked_until FROM lockout WHERE member_id = $1 AND name > $2 ORDER BY name LIMIT $3
SELECT network, created_at FROM session WHERE member_id = $1 AND id < $2 ORDER BY id DESC LIMIT 1
SELECT p.id, p.member_id, p.proven_by, p.provider, p.remember_at, m.email FROM pending_sign_in p JOIN member m ON m.id = p.member_id WHERE p.token_hash = $1 AND p.used_at IS NULL AND p.expires_at > $2
SELECT provider FROM session WHERE provider IS NOT NULL AND (id = $1 OR remembered_id = (SELECT remembered_id FROM session WHERE id = $1)) ORDER BY id DESC LIMIT 1
SELECT provider, shown, linked_at, last_used_at FROM linked_account WHERE member_id = $1 ORDER BY id
SELECT purpose, brought FROM pending_link WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2
SELECT remembered_id FROM session WHERE id = $1 AND member_id = $2
SELECT s.id AS session_id, s.member_id, m.email, m.family_name, m.given_name, m.locale, s.remembered_id, s.browser_id, s.created_at, s.fresh_at, s.last_seen_at FROM session s JOIN member m ON m.id = s.member_id WHERE s.token_hash = $1 AND s.ended_at IS NULL AND s.last_seen_at > $2
SELECT s.switched_on_at, s.mail_since, (SELECT COUNT(*) FROM authenticator_app WHERE member_id = $1) AS apps, (SELECT COUNT(*) FROM passkey WHERE member_id = $1) AS passkeys, (SELECT COUNT(*) FROM backup_code WHERE member_id = $1 AND used_at IS NULL) AS backup_codes FROM member m LEFT JOIN member_second_step s ON s.member_id = m.id WHERE m.id = $1
SELECT s.switched_on_at, s.mail_since, (SELECT COUNT(*) FROM backup_code WHERE member_id = $1 AND used_at IS NULL) AS backup_codes FROM member m LEFT JOIN member_second_step s ON s.member_id = m.id WHERE m.id = $1
SELECT sealed FROM data_export_chunk WHERE export_id = $1 AND place = $2
SELECT sealed, expires_at FROM password_reset_request WHERE form_hash = $1 AND used_at IS NULL AND expires_at > $2 ORDER BY sent_at DESC LIMIT 1
SELECT sent_at, expires_at FROM mail_code WHERE purpose = 'second_step' AND bound_to = $1
SELECT set_at FROM member_password WHERE member_id = $1
SELECT version FROM _sqlx_migrations ORDER BY version
UPDATE alert SET answered_at = $2, answer = $3 WHERE token_hash = $1 AND answered_at IS NULL AND expires_at > $2 RETURNING member_id, created_at, session_id, browser_id
UPDATE audit SET member_id = NULL, session_id = NULL, browser_id = NULL, network = '', browser = '' WHERE member_id = $1
UPDATE authenticator_app SET last_step = $2, last_used_at = $3 WHERE id = $1 AND last_step < $2 RETURNING id
UPDATE backup_code SET used_at = $3 WHERE member_id = $1 AND code_mac = $2 AND used_at IS NULL RETURNING id
UPDATE data_export SET claimed_until = $1 WHERE id = (SELECT id FROM data_export WHERE ready_at IS NULL AND claimed_until <= $2 ORDER BY claimed_until, id LIMIT 1) AND claimed_until <= $2 AND ready_at IS NULL RETURNING id, member_id, claimed_until
UPDATE data_export SET claimed_until = $3 WHERE id = $1 AND claimed_until = $2
UPDATE data_export SET ready_at = $3, expires_at = $4 WHERE id = $1 AND claimed_until = $2 AND ready_at IS NULL
UPDATE email_change SET code_tries = code_tries + 1 WHERE id = $1 AND code_tries < $2
UPDATE email_change SET done_at = $2 WHERE link_hash = $1 AND done_at IS NULL AND stopped_at IS NULL AND over_at > $2 RETURNING id, member_id, session_id, asked_in, old_email, new_email, sent_at, over_at, done_at
UPDATE email_change SET done_at = $4 WHERE id = $1 AND session_id = $2 AND code_hash = $3 AND done_at IS NULL AND stopped_at IS NULL AND over_at > $4 RETURNING id, member_id, session_id, asked_in, old_email, new_email, sent_at, over_at, done_at
UPDATE email_change SET link_hash = $2, code_hash = $3, code_tries = 0, session_id = $4, sent_at = $5, over_at = $6 WHERE id = $1
UPDATE email_change SET stopped_at = $2 WHERE member_id = $1 AND session_id <> $3 AND done_at IS NULL AND stopped_at IS NULL AND over_at > $2
UPDATE email_change SET stopped_at = CASE WHEN done_at IS NULL THEN $2 ELSE stopped_at END, undone_at = CASE WHEN done_at IS NULL THEN undone_at ELSE $2 END WHERE (stop_hash = $1 OR undo_hash = $1) AND stopped_at IS NULL AND undone_at IS NULL AND over_at > $2 RETURNING id, member_id, session_id, asked_in, old_email, new_email, sent_at, over_at, done_at
UPDATE email_change SET undo_hash = $2, over_at = $3 WHERE id = $1
UPDATE email_change SET undone_at = $3 WHERE member_id = $1 AND id >= $2 AND done_at IS NOT NULL AND (undone_at IS NULL OR id = $2) RETURNING id, member_id, session_id, asked_in, old_email, new_email, sent_at, over_at, done_at
UPDATE linked_account SET last_used_at = $3 WHERE member_id = $1 AND provider = $2
UPDATE mail_code SET used_at = $5 WHERE purpose = $1 AND bound_to = $2 AND member_id = $3 AND code_hash = $4 AND used_at IS NULL AND expires_at > $5 RETURNING id
UPDATE member SET email = $2, email_key = $3 WHERE id = $1
UPDATE member SET email = email WHERE id = $1 RETURNING id, email, family_name, given_name, family_name_kana, given_name_kana, birth_date, locale, created_at
UPDATE member SET family_name = $2, given_name = $3, family_name_kana = $4, given_name_kana = $5, birth_date = $6 WHERE id = $1
UPDATE member SET locale = $2 WHERE id = $1
UPDATE member SET locked_at = $2 WHERE id = $1 AND locked_at IS NULL
UPDATE member SET locked_at = NULL WHERE id = $1 AND locked_at IS NOT NULL
UPDATE member SET locked_at = locked_at WHERE id = $1 RETURNING locked_at
UPDATE member_browser SET token_hash = $2 WHERE token_hash = $1
UPDATE member_browser SET trust_used_at = $3, trusted_until = COALESCE($4, trusted_until) WHERE member_id = $1 AND token_hash = $2 AND trusted_until > $3 RETURNING id
UPDATE member_browser SET trusted_at = $2, trusted_until = $3, trust_used_at = NULL WHERE id = $1
UPDATE member_browser SET trusted_at = NULL, trusted_until = NULL WHERE member_id = $1 AND ($2 IS NULL OR id = $2) AND trusted_until > $3
UPDATE member_password SET blocked_at = $2 WHERE member_id = $1
UPDATE member_password SET hash = $3 WHERE member_id = $1 AND hash = $2
UPDATE member_password SET hash = hash WHERE member_id = $1
UPDATE member_password SET hash = hash WHERE member_id = $1 AND hash = $2 RETURNING blocked_at
UPDATE member_second_step SET mail_since = NULL WHERE member_id = $1 AND mail_since IS NOT NULL
UPDATE member_second_step SET switched_on_at = NULL WHERE member_id = $1 AND switched_on_at IS NOT NULL
UPDATE outbox SET failed_at = $2, sealed = NULL, last_error = $3 WHERE id = $1
UPDATE outbox SET next_try_at = $1, tries = tries + 1 WHERE id = (SELECT id FROM outbox WHERE sent_at IS NULL AND failed_at IS NULL AND next_try_at <= $2 ORDER BY next_try_at LIMIT 1) AND next_try_at <= $2 AND sent_at IS NULL AND failed_at IS NULL RETURNING id, kind, sealed, created_at, give_up_at, tries
UPDATE outbox SET next_try_at = $2, last_error = $3 WHERE id = $1
UPDATE outbox SET sent_at = $2, sealed = NULL, last_error = NULL WHERE id = $1
UPDATE passkey SET credential = $3, last_used_at = $4 WHERE id = $1 AND credential = $2
UPDATE password_reset SET link_hash = $2 WHERE id = $1 AND used_at IS NULL AND expires_at > $3 RETURNING id
UPDATE password_reset SET used_at = $2 WHERE link_hash = $1 AND used_at IS NULL AND expires_at > $2 RETURNING member_id
UPDATE password_reset SET used_at = $2 WHERE member_id = $1 AND used_at IS NULL
UPDATE password_reset_request SET code_tries = code_tries + 1 WHERE id = (SELECT id FROM password_reset_request WHERE form_hash = $1 AND used_at IS NULL AND expires_at > $2 ORDER BY sent_at DESC LIMIT 1) AND used_at IS NULL RETURNING id, code_tries
UPDATE password_reset_request SET reset_id = $2 WHERE id = $1
UPDATE password_reset_request SET used_at = $3 WHERE id = $1 AND code_hash = $2 AND used_at IS NULL RETURNING reset_id
UPDATE pending_link SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2 RETURNING brought
UPDATE pending_sign_in SET used_at = $2 WHERE id = $1 AND used_at IS NULL AND expires_at > $2 RETURNING id
UPDATE pending_sign_in SET used_at = $2 WHERE member_id = $1 AND used_at IS NULL
UPDATE provider_visit SET used_at = $4 WHERE state_hash = $1 AND browser_hash = $2 AND provider = $3 AND used_at IS NULL AND expires_at > $4 RETURNING purpose, session_id, next, carried
UPDATE registration SET code_tries = code_tries + 1 WHERE id = $1 AND code_tries < $2
UPDATE registration SET link_hash = $2, code_hash = $3, code_tries = 0, sent_at = $4, letters = letters + 1, expires_at = $5 WHERE id = $1 AND used_at IS NULL RETURNING id, form_hash, email, family_name, given_name, family_name_kana, given_name_kana, birth_date, locale, password_hash, brought
UPDATE registration SET used_at = $2 WHERE link_hash = $1 AND used_at IS NULL AND expires_at > $2 RETURNING id, form_hash, email, family_name, given_name, family_name_kana, given_name_kana, birth_date, locale, password_hash, brought
UPDATE registration SET used_at = $3 WHERE id = $1 AND code_hash = $2 AND used_at IS NULL AND expires_at > $3 RETURNING id, form_hash, email, family_name, given_name, family_name_kana, given_name_kana, birth_date, locale, password_hash, brought
UPDATE remembered_browser SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL
UPDATE remembered_browser SET ended_at = $3 WHERE member_id = $1 AND id <> $2 AND ended_at IS NULL
UPDATE remembered_browser SET id = id WHERE id = $1
UPDATE remembered_browser SET last_used_at = $2, expires_at = $3 WHERE token_hash = $1 AND ended_at IS NULL AND expires_at > $2 RETURNING id, member_id
UPDATE session SET ended_at = $2 WHERE member_id = $1 AND ended_at IS NULL
UPDATE session SET ended_at = $3 WHERE member_id = $1 AND id <> $2 AND ended_at IS NULL
UPDATE session SET ended_at = $4 WHERE member_id = $1 AND (id = $2 OR remembered_id = $3) AND ended_at IS NULL
UPDATE session SET ended_at = last_seen_at + $2 WHERE ended_at IS NULL AND last_seen_at <= $1 AND id IN (SELECT id FROM session WHERE ended_at IS NULL AND last_seen_at <= $1 ORDER BY last_seen_at LIMIT $3)
UPDATE session SET ended_at = last_seen_at WHERE member_id = $1 AND remembered_id = $2 AND ended_at IS NULL AND last_seen_at <= $3
UPDATE session SET id = id WHERE id = $1 AND ended_at IS NULL
UPDATE session SET last_seen_at = $2, last_network = $3 WHERE id = $1 AND last_seen_at < $2
UPDATE session SET provider = $2 WHERE id = $1
UPDATE session SET token_hash = $2, fresh_at = $3 WHERE id = $1 AND ended_at IS NULL
UPDATE temporary_password SET used_at = $3 WHERE member_id = $1 AND hash = $2 AND used_at IS NULL AND expires_at > $3 RETURNING member_id
