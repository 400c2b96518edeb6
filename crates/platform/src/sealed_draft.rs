//! Secrets that a member sees before they are stored. They travel in the form's hidden field, sealed, valid for one
//! member and half an hour. The database sees to it that such a secret is stored once, by its id.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::clock::MINUTE_MS;
use crate::context::Ctx;
use crate::error::Failure;

/// How long after it was shown it can be stored.
const GOOD_MS: i64 = 30 * MINUTE_MS;

/// What is inside the hidden field.
#[derive(Serialize, Deserialize)]
pub struct SealedDraft<T> {
    /// The id of the row that it becomes.
    pub id: String,
    /// The secret itself.
    pub secret: T,
    member_id: String,
    until: i64,
}

impl<T: Serialize + DeserializeOwned> SealedDraft<T> {
    /// A new draft for a member.
    pub fn new(ctx: &Ctx, member_id: &str, secret: T) -> Self {
        let now = ctx.now();
        Self { id: ctx.rng().id(now), secret, member_id: member_id.to_owned(), until: now + GOOD_MS }
    }

    /// For the hidden field.
    pub fn seal(&self, ctx: &Ctx, purpose: &'static str) -> Result<String, Failure> {
        ctx.site_key().seal_json(purpose, self, ctx.rng()).map(|sealed| URL_SAFE_NO_PAD.encode(sealed))
    }

    /// From the hidden field; `None` when it is of another member, too old, or not sealed by this site for this
    /// purpose.
    pub fn open(ctx: &Ctx, member_id: &str, purpose: &'static str, sealed: &str) -> Option<Self> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let inside: Self = ctx.site_key().open_json(purpose, &sealed).ok()?;
        (inside.member_id == member_id && inside.until > ctx.now()).then_some(inside)
    }
}
