//! Secrets that their owner sees before they are stored: they travel in the form's hidden field, sealed, for one member
//! and half an hour. That such a secret is stored once is for the database to judge, by its id.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::clock::MINUTE_MS;
use crate::desk::Desk;
use crate::fault::Fault;

/// How long it can be stored after it was shown.
const GOOD_MS: i64 = 30 * MINUTE_MS;

/// What is inside the hidden field.
#[derive(Serialize, Deserialize)]
pub struct Unstored<T> {
    /// What it is stored as.
    pub id: String,
    /// The secret itself.
    pub secret: T,
    member_id: String,
    until: i64,
}

impl<T: Serialize + DeserializeOwned> Unstored<T> {
    /// A new one of a member.
    pub fn new(desk: &Desk, member_id: &str, secret: T) -> Self {
        let now = desk.now();
        Self { id: desk.random.id(now), secret, member_id: member_id.to_owned(), until: now + GOOD_MS }
    }

    /// For the hidden field.
    pub fn seal(&self, desk: &Desk, purpose: &'static str) -> Result<String, Fault> {
        desk.site_key.seal_json(purpose, self, &desk.random).map(|sealed| URL_SAFE_NO_PAD.encode(sealed))
    }

    /// From the hidden field; `None` when it is of somebody else, too old, or not ours.
    pub fn open(desk: &Desk, member_id: &str, purpose: &'static str, sealed: &str) -> Option<Self> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let inside: Self = desk.site_key.open_json(purpose, &sealed).ok()?;
        (inside.member_id == member_id && inside.until > desk.now()).then_some(inside)
    }
}
