//! What a member can authenticate with: passwords, codes of authenticator apps, backup codes, passkeys, accounts of
//! outside providers. These modules store and verify them. [`crate::authn`] decides when they are asked for, and how
//! often a visitor may try. Second factors, passkeys and links store the session in which they were made.

pub mod backup_code;
pub mod factors;
pub mod linked;
pub mod passkey;
pub mod password;
pub mod totp;
