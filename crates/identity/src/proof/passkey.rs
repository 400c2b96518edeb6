//! Passkeys (`WebAuthn`): putting a question to an authenticator and judging the answer (security.md 1.5). Each
//! question is good once, for five minutes, for one purpose and for whom it was put to; it is stored sealed and taken
//! by its answer. A key is judged as it is stored at that moment, so one that was removed meanwhile proves nothing.
//! Whose answers count for what, and how often somebody may try, is the slices' to say.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sqlx::FromRow;
use uuid::Uuid;
use webauthn_rs::prelude::{
    CredentialID, DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Url, Webauthn, WebauthnBuilder,
};

use crate::clock::MINUTE_MS;
use crate::fault::Fault;
use crate::member;
use crate::secret::Token;
use crate::settings::Settings;
use crate::work::Work;

/// How long a question waits for its answer.
pub(crate) const WAITS_MS: i64 = 5 * MINUTE_MS;
/// Longest id of a credential in bytes (`WebAuthn` Level 3, §7.1).
const ID_BYTES: usize = 1023;
const SEALED_AS: &str = "passkey challenge";

/// What a question is for. The names are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A new passkey; bound to the session.
    Add,
    /// A whole sign-in, of whoever has a passkey here; bound to nobody.
    SignIn,
    /// The second step of a sign-in; bound to the `pending_sign_in`.
    SecondStep,
    /// A fresh proof; bound to the session.
    Confirm,
}

impl Purpose {
    const fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::SignIn => "sign_in",
            Self::SecondStep => "second_step",
            Self::Confirm => "confirm",
        }
    }
}

/// A question for the browser's authenticator.
#[derive(Clone, Debug)]
pub struct Question {
    /// Finds the question again; the form carries it.
    pub token: Token,
    /// `publicKey` options as JSON, as `parse…OptionsFromJSON` of browsers reads them.
    pub options: String,
}

/// Whose new passkey it will be.
pub struct Owner<'a> {
    /// The member.
    pub member_id: &'a str,
    /// What the authenticator lists it under: the user ID.
    pub account: &'a str,
    /// The member's full name.
    pub name: &'a str,
}

/// A new passkey, judged.
pub struct Made {
    /// As browsers name it.
    pub credential_id: String,
    /// To be stored.
    pub credential: String,
}

/// An answer that counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proven {
    /// Whose passkey it is.
    pub member_id: String,
}

/// Why an answer does not count, with whose passkey it claims to be if that is known: for the history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wrong {
    /// The owner of the passkey that was named.
    pub member_id: Option<String>,
}

/// Whether browsers can use passkeys at the site's address: a name (no IP address) with https, or this machine's.
pub fn is_possible(settings: &Settings) -> bool {
    party(settings).is_some()
}

/// Puts the question that makes a new passkey. `known` are the ids of those the member has: their authenticators are not
/// asked. `discoverable`: it has to be found without a user ID.
pub async fn ask_new(
    work: &mut Work,
    session_id: &str,
    owner: &Owner<'_>,
    known: &[String],
    discoverable: bool,
) -> Result<Question, Fault> {
    let party = party(&work.desk().settings).ok_or(Fault::NotOffered)?;
    let handle = Uuid::parse_str(owner.member_id).map_err(|_| Fault::Damaged("member.id"))?;
    let known = known.iter().map(|id| parsed_id(id)).collect::<Result<Vec<_>, _>>()?;
    let (asked, state) = party
        .start_passkey_registration(handle, owner.account, owner.name, Some(known))
        .map_err(|_| Fault::Crypto("making a passkey's challenge"))?;
    let mut options = json(&asked.public_key)?;
    // The library asks security keys not to use up their few places; a sign-in without a user ID needs one.
    if let Some(selection) = options.get_mut("authenticatorSelection").and_then(Value::as_object_mut) {
        selection.insert("residentKey".into(), if discoverable { "required" } else { "preferred" }.into());
        selection.insert("requireResidentKey".into(), discoverable.into());
    }
    put(work, Purpose::Add, session_id, &state, &options).await
}

/// Puts a question to the passkeys of these ids, or, without any, to whatever passkey of this site the browser has: then
/// nobody learns who has one.
pub async fn ask(
    work: &mut Work,
    purpose: Purpose,
    bound_to: &str,
    allowed: &[String],
) -> Result<Question, Fault> {
    let party = party(&work.desk().settings).ok_or(Fault::NotOffered)?;
    // One kind of question for all purposes: the key is looked up when the answer comes, not kept in the state.
    let (asked, state) = party
        .start_discoverable_authentication()
        .map_err(|_| Fault::Crypto("making a passkey's challenge"))?;
    let mut options = json(&asked.public_key)?;
    let allowed: Vec<Value> =
        allowed.iter().map(|id| serde_json::json!({ "type": "public-key", "id": id })).collect();
    if let Some(options) = options.as_object_mut() {
        options.insert("allowCredentials".into(), allowed.into());
    }
    put(work, purpose, bound_to, &state, &options).await
}

/// Judges a new passkey; `None` when it is none, or the question was not put in this session or is over.
pub async fn made(
    work: &mut Work,
    session_id: &str,
    token: &str,
    answer: &str,
) -> Result<Option<Made>, Fault> {
    let party = party(&work.desk().settings).ok_or(Fault::NotOffered)?;
    let Some(state) = take::<PasskeyRegistration>(work, Purpose::Add, session_id, token).await? else {
        return Ok(None);
    };
    let Ok(answer) = serde_json::from_str::<RegisterPublicKeyCredential>(answer) else { return Ok(None) };
    if !is_of_this_page(&answer.response.client_data_json) {
        return Ok(None);
    }
    let Ok(key) = party.finish_passkey_registration(&answer, &state) else { return Ok(None) };
    if key.cred_id().is_empty() || key.cred_id().len() > ID_BYTES {
        return Ok(None);
    }
    Ok(Some(Made { credential_id: shown_id(key.cred_id()), credential: json(&key)?.to_string() }))
}

#[derive(FromRow)]
struct Row {
    id: String,
    member_id: String,
    credential: String,
}

/// Judges an answer. `member_id`: only this member's passkeys count; without it, the passkey itself says whose it is.
/// The person was verified by the device, always: by finger, face or the screen's lock.
pub async fn accept(
    work: &mut Work,
    purpose: Purpose,
    bound_to: &str,
    token: &str,
    answer: &str,
    member_id: Option<&str>,
) -> Result<Result<Proven, Wrong>, Fault> {
    let party = party(&work.desk().settings).ok_or(Fault::NotOffered)?;
    let state = take::<DiscoverableAuthentication>(work, purpose, bound_to, token).await?;
    let (Some(state), Ok(answer)) = (state, serde_json::from_str::<PublicKeyCredential>(answer)) else {
        return Ok(Err(Wrong::default()));
    };
    let row: Option<Row> =
        sqlx::query_as("SELECT id, member_id, credential FROM passkey WHERE credential_id = $1")
            .bind(shown_id(&answer.raw_id))
            .fetch_optional(work.conn())
            .await?;
    let Some(row) = row else { return Ok(Err(Wrong::default())) };
    let wrong = Wrong { member_id: Some(row.member_id.clone()) };
    if member_id.is_some_and(|id| id != row.member_id) {
        return Ok(Err(wrong));
    }
    let named =
        answer.get_user_unique_id().map(|handle| Uuid::from_slice(handle).ok().map(|u| u.to_string()));
    let owner_is_named = match (named, member_id) {
        (Some(named), _) => named.is_some_and(|named| named == row.member_id),
        // Only who is known already may leave it out (WebAuthn Level 3, §7.2 step 6).
        (None, known) => known.is_some(),
    };
    if !owner_is_named || !is_of_this_page(&answer.response.client_data_json) {
        return Ok(Err(wrong));
    }
    let mut key: Passkey =
        serde_json::from_str(&row.credential).map_err(|_| Fault::Damaged("passkey.credential"))?;
    let Ok(result) = party.finish_discoverable_authentication_v2(&answer, state, &key) else {
        return Ok(Err(wrong));
    };
    if !result.user_verified() {
        return Ok(Err(wrong));
    }
    // Before the passkey, as by those who remove one.
    member::hold(work, &row.member_id).await?;
    key.update_credential(&result);
    // Judged by what was read: if it was used or removed in between, this answer does not count.
    let now = work.now();
    let used = sqlx::query(
        "UPDATE passkey SET credential = $3, last_used_at = $4 WHERE id = $1 AND credential = $2",
    )
    .bind(&row.id)
    .bind(&row.credential)
    .bind(json(&key)?.to_string())
    .bind(now)
    .execute(work.conn())
    .await?;
    Ok(if used.rows_affected() == 1 { Ok(Proven { member_id: row.member_id }) } else { Err(wrong) })
}

/// Removes questions that nobody answered, at most `batch`; how many went.
pub async fn purge(work: &mut Work, batch: i64) -> Result<u64, Fault> {
    work.purge(
        "DELETE FROM passkey_challenge WHERE id IN \
         (SELECT id FROM passkey_challenge WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)",
        work.now(),
        batch,
    )
    .await
}

/// The site as authenticators know it, or nothing where browsers do not let it use them.
fn party(settings: &Settings) -> Option<Webauthn> {
    let url = Url::parse(&settings.site.url).ok()?;
    let host = url.domain()?;
    let local = host == "localhost" || host.ends_with(".localhost");
    if url.scheme() != "https" && !local {
        return None;
    }
    WebauthnBuilder::new(host, &url).ok()?.rp_name(&settings.site.name).build().ok()
}

/// Whether the answer was given to a page of its own, not to one inside another site's (the library does not look).
fn is_of_this_page(client_data: &[u8]) -> bool {
    serde_json::from_slice::<Value>(client_data).is_ok_and(|data| {
        data.get("crossOrigin").is_none_or(|crossed| crossed == &Value::Bool(false))
            && data.get("topOrigin").is_none()
    })
}

async fn put(
    work: &mut Work,
    purpose: Purpose,
    bound_to: &str,
    state: &impl Serialize,
    options: &Value,
) -> Result<Question, Fault> {
    let (token, now) = (work.token(), work.now());
    let sealed = work.desk().site_key.seal_json(SEALED_AS, state, &work.desk().random)?;
    sqlx::query(
        "INSERT INTO passkey_challenge (id, purpose, bound_to, state, expires_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(token.digest())
    .bind(purpose.name())
    .bind(Some(bound_to).filter(|b| !b.is_empty()))
    .bind(sealed)
    .bind(now + WAITS_MS)
    .execute(work.conn())
    .await?;
    Ok(Question { token, options: options.to_string() })
}

/// Takes a question, once.
async fn take<S: DeserializeOwned>(
    work: &mut Work,
    purpose: Purpose,
    bound_to: &str,
    token: &str,
) -> Result<Option<S>, Fault> {
    let Some(token) = Token::parse(token) else { return Ok(None) };
    let now = work.now();
    let sealed: Option<Vec<u8>> = sqlx::query_scalar(
        "DELETE FROM passkey_challenge WHERE id = $1 AND purpose = $2 AND COALESCE(bound_to, '') = $3 \
         AND expires_at > $4 RETURNING state",
    )
    .bind(token.digest())
    .bind(purpose.name())
    .bind(bound_to)
    .bind(now)
    .fetch_optional(work.conn())
    .await?;
    let Some(sealed) = sealed else { return Ok(None) };
    work.desk().site_key.open_json(SEALED_AS, &sealed).map(Some)
}

fn json(value: &impl Serialize) -> Result<Value, Fault> {
    serde_json::to_value(value).map_err(|_| Fault::Crypto("writing a passkey"))
}

/// An id as browsers name it.
fn shown_id(id: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(id)
}

fn parsed_id(id: &str) -> Result<CredentialID, Fault> {
    URL_SAFE_NO_PAD.decode(id).map_err(|_| Fault::Damaged("passkey.credential_id"))
}
