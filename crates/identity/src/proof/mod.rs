//! What proves that somebody is who they say: passwords, codes of authenticator apps, codes by letter, backup codes, passkeys.
//! Which of them are asked for, and how often somebody may try, is the slices' to say.

pub mod backup_code;
pub mod mail_code;
pub mod passkey;
pub mod password;
pub mod temporary_password;
pub mod totp;
mod unstored;
pub mod written_code;
