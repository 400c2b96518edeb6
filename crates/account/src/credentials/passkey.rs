//! Passkeys (`WebAuthn`): making challenges and verifying their answers (security.md 1.5). A challenge is single-use
//! and valid for five minutes, for one purpose and one binding. It is stored sealed, and its answer uses it up. A key
//! is judged as it is stored at that moment, so one that was removed meanwhile proves nothing. Use cases decide what
//! an answer is good for, and how often a visitor may try.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use platform::clock::MINUTE_MS;
use platform::context::Ctx;
use platform::dataset::{self, Category, DataSet, Purge, Retention};
use platform::error::{Denied, Failure, Fault};
use platform::secret::Token;
use platform::tx::Tx;
use policy::SecondFactorMethod;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sqlx::{Any, Executor, FromRow};
use strum::IntoStaticStr;
use uuid::Uuid;
use webauthn_rs::prelude::{
    CredentialID, DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Webauthn,
};

use crate::lock::{self, LockedAccount};

/// How long a challenge is valid.
pub const WAITS_MS: i64 = 5 * MINUTE_MS;
/// Longest id of a credential in bytes (`WebAuthn` Level 3, §7.1).
const ID_BYTES: usize = 1023;
const SEALED_AS: &str = "passkey challenge";

/// What a challenge is for. The names are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Purpose {
    /// A new passkey; bound to the session.
    Add,
    /// A whole sign-in with any passkey of this site; bound to nothing.
    SignIn,
    /// The second factor of a sign-in; bound to the attempt.
    #[strum(serialize = "second_step")]
    SecondFactor,
    /// Authenticating again; bound to the session.
    #[strum(serialize = "confirm")]
    Reauthenticate,
}

/// A challenge for the browser's authenticator.
#[derive(Clone, Debug)]
pub struct PasskeyChallenge {
    /// Finds the challenge again; the form carries it.
    pub token: Token,
    /// `publicKey` options as JSON, as `parse…OptionsFromJSON` of browsers reads them.
    pub options: String,
}

/// The member that a new passkey is for.
pub struct Owner<'a> {
    /// The member.
    pub member_id: &'a str,
    /// The user ID that the authenticator lists it under.
    pub account: &'a str,
    /// The member's full name.
    pub name: &'a str,
}

/// A new passkey, verified but not stored yet.
pub struct Made {
    /// Its id, as browsers name it (base64url).
    pub credential_id: String,
    /// The public key and what else is stored of it, as JSON.
    pub credential: String,
}

/// An answer that counts.
#[derive(Debug)]
pub struct Accepted {
    /// Whose passkey it is.
    pub account: LockedAccount,
    /// Which one.
    pub passkey_id: String,
}

/// An answer that does not count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wrong {
    /// The owner of the passkey that was named, for the history; `None`: it is not known.
    pub member_id: Option<String>,
}

/// Whether members of this site can have passkeys.
pub fn is_offered(ctx: &Ctx) -> bool {
    let policy = ctx.policy();
    (policy.passkeys.sign_in || policy.second_factor.offers(SecondFactorMethod::Passkey))
        && ctx.app().webauthn.is_some()
}

/// Denies what concerns passkeys where members cannot have them.
pub fn must_be_offered(ctx: &Ctx) -> Result<(), Denied> {
    if is_offered(ctx) { Ok(()) } else { Err(Denied::NotOffered) }
}

/// Whether a passkey is a whole sign-in on this site.
pub fn signs_in(ctx: &Ctx) -> bool {
    ctx.policy().passkeys.sign_in && ctx.app().webauthn.is_some()
}

/// Makes the challenge for a new passkey. `known` are the ids of those the member has: their authenticators are
/// excluded. `discoverable`: the passkey has to be found without a user ID.
pub async fn ask_new(
    tx: &mut Tx,
    session_id: &str,
    owner: &Owner<'_>,
    known: &[String],
    discoverable: bool,
) -> Result<PasskeyChallenge, Fault> {
    let party = party(tx)?;
    let handle = Uuid::parse_str(owner.member_id).map_err(|_| Failure::Damaged("member.id"))?;
    let known = known.iter().map(|id| parsed_id(id)).collect::<Result<Vec<_>, _>>()?;
    let (asked, state) = party
        .start_passkey_registration(handle, owner.account, owner.name, Some(known))
        .map_err(|_| Failure::Crypto("making a passkey's challenge"))?;
    let mut options = json(&asked.public_key)?;
    // The library discourages resident keys; a sign-in without a user ID needs one.
    if let Some(selection) = options.get_mut("authenticatorSelection").and_then(Value::as_object_mut) {
        selection.insert("residentKey".into(), if discoverable { "required" } else { "preferred" }.into());
        selection.insert("requireResidentKey".into(), discoverable.into());
    }
    Ok(put(tx, Purpose::Add, session_id, &state, &options).await?)
}

/// Makes a challenge for the passkeys of these ids, or, without any, for any passkey of this site that the browser has:
/// then the answer does not show who has one.
pub async fn ask(
    tx: &mut Tx,
    purpose: Purpose,
    bound_to: &str,
    allowed: &[String],
) -> Result<PasskeyChallenge, Fault> {
    let party = party(tx)?;
    // One kind of challenge for all purposes: the key is looked up when the answer comes, not kept in the state.
    let (asked, state) = party
        .start_discoverable_authentication()
        .map_err(|_| Failure::Crypto("making a passkey's challenge"))?;
    let mut options = json(&asked.public_key)?;
    let allowed: Vec<Value> =
        allowed.iter().map(|id| serde_json::json!({ "type": "public-key", "id": id })).collect();
    if let Some(options) = options.as_object_mut() {
        options.insert("allowCredentials".into(), allowed.into());
    }
    Ok(put(tx, purpose, bound_to, &state, &options).await?)
}

/// Verifies a new passkey; `None` when it is not valid, or its challenge is not of this session or has expired.
pub async fn made(tx: &mut Tx, session_id: &str, token: &str, answer: &str) -> Result<Option<Made>, Fault> {
    let party = party(tx)?;
    let Some(state) = take::<PasskeyRegistration>(tx, Purpose::Add, session_id, token).await? else {
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

/// Verifies an answer. `known`: only this account's passkeys count; without it, the passkey itself names its member,
/// and that account is locked. User verification is always required.
pub async fn accept(
    tx: &mut Tx,
    purpose: Purpose,
    bound_to: &str,
    token: &str,
    answer: &str,
    known: Option<LockedAccount>,
) -> Result<Result<Accepted, Wrong>, Fault> {
    let party = party(tx)?;
    let state = take::<DiscoverableAuthentication>(tx, purpose, bound_to, token).await?;
    let (Some(state), Ok(answer)) = (state, serde_json::from_str::<PublicKeyCredential>(answer)) else {
        return Ok(Err(Wrong::default()));
    };
    let row: Option<Row> =
        sqlx::query_as("SELECT id, member_id, credential FROM passkey WHERE credential_id = $1")
            .bind(shown_id(&answer.raw_id))
            .fetch_optional(tx.conn())
            .await?;
    let Some(row) = row else { return Ok(Err(Wrong::default())) };
    let wrong = Wrong { member_id: Some(row.member_id.clone()) };
    if known.as_ref().is_some_and(|account| account.id() != row.member_id) {
        return Ok(Err(wrong));
    }
    let named =
        answer.get_user_unique_id().map(|handle| Uuid::from_slice(handle).ok().map(|u| u.to_string()));
    let owner_is_named = match (named, &known) {
        (Some(named), _) => named.is_some_and(|named| named == row.member_id),
        // The user handle may be left out only if the member is known already (WebAuthn Level 3, §7.2 step 6).
        (None, known) => known.is_some(),
    };
    if !owner_is_named || !is_of_this_page(&answer.response.client_data_json) {
        return Ok(Err(wrong));
    }
    let mut key: Passkey =
        serde_json::from_str(&row.credential).map_err(|_| Failure::Damaged("passkey.credential"))?;
    let Ok(result) = party.finish_discoverable_authentication_v2(&answer, state, &key) else {
        return Ok(Err(wrong));
    };
    if !result.user_verified() {
        return Ok(Err(wrong));
    }
    let account = match known {
        Some(account) => account,
        None => match lock::lock(tx, &row.member_id).await? {
            Some(account) => account,
            None => return Ok(Err(Wrong::default())),
        },
    };
    key.update_credential(&result);
    // The row must be as it was read: if it was used or removed in between, this answer does not count.
    let now = tx.now();
    let used = sqlx::query(
        "UPDATE passkey SET credential = $3, last_used_at = $4 WHERE id = $1 AND credential = $2",
    )
    .bind(&row.id)
    .bind(&row.credential)
    .bind(json(&key)?.to_string())
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(if used.rows_affected() == 1 { Ok(Accepted { account, passkey_id: row.id }) } else { Err(wrong) })
}

/// A passkey as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Key {
    /// Its id.
    pub id: String,
    /// The name that the member gave it.
    pub name: String,
    /// Unix ms.
    pub created_at: i64,
    /// Unix ms; `None`: not since it was made.
    pub last_used_at: Option<i64>,
}

/// The passkeys of a member, oldest first.
pub async fn list<'e>(db: impl Executor<'e, Database = Any>, member_id: &str) -> Result<Vec<Key>, Failure> {
    Ok(sqlx::query_as(
        "SELECT id, name, created_at, last_used_at FROM passkey WHERE member_id = $1 ORDER BY id",
    )
    .bind(member_id)
    .fetch_all(db)
    .await?)
}

/// The passkeys of a member as browsers name them.
pub async fn credential_ids<'e>(
    db: impl Executor<'e, Database = Any>,
    member_id: &str,
) -> Result<Vec<String>, Failure> {
    Ok(sqlx::query_scalar("SELECT credential_id FROM passkey WHERE member_id = $1 ORDER BY id")
        .bind(member_id)
        .fetch_all(db)
        .await?)
}

/// What became of a new passkey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// It is saved.
    Yes,
    /// It is registered already.
    Known,
    /// The member has as many as one may have.
    TooMany,
}

/// Saves a new passkey under the name that the member gave it.
pub async fn add(
    tx: &mut Tx,
    account: &LockedAccount,
    made: &Made,
    name: &str,
    session_id: &str,
) -> Result<Added, Failure> {
    let most = usize::from(tx.policy().passkeys.per_member);
    if list(&mut *tx.conn(), account.id()).await?.len() >= most {
        return Ok(Added::TooMany);
    }
    let (id, now) = (tx.id(), tx.now());
    let added = sqlx::query(
        "INSERT INTO passkey (id, member_id, name, credential_id, credential, created_at, created_in) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (credential_id) DO NOTHING",
    )
    .bind(id)
    .bind(account.id())
    .bind(name)
    .bind(&made.credential_id)
    .bind(&made.credential)
    .bind(now)
    .bind(session_id)
    .execute(tx.conn())
    .await?;
    Ok(if added.rows_affected() == 1 { Added::Yes } else { Added::Known })
}

/// Removes a passkey of the member, if it is theirs.
pub async fn remove(tx: &mut Tx, account: &LockedAccount, id: &str) -> Result<(), Failure> {
    sqlx::query("DELETE FROM passkey WHERE id = $1 AND member_id = $2")
        .bind(id)
        .bind(account.id())
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The relying party; refused where browsers do not let the site use passkeys.
fn party(tx: &Tx) -> Result<std::sync::Arc<Webauthn>, Denied> {
    tx.ctx().app().webauthn.clone().ok_or(Denied::NotOffered)
}

/// Whether the answer was given to a page of ours that was not framed by another site (the library does not check).
fn is_of_this_page(client_data: &[u8]) -> bool {
    serde_json::from_slice::<Value>(client_data).is_ok_and(|data| {
        data.get("crossOrigin").is_none_or(|crossed| crossed == &Value::Bool(false))
            && data.get("topOrigin").is_none()
    })
}

async fn put(
    tx: &mut Tx,
    purpose: Purpose,
    bound_to: &str,
    state: &impl Serialize,
    options: &Value,
) -> Result<PasskeyChallenge, Failure> {
    let (token, now) = (tx.token(), tx.now());
    let sealed = tx.site_key().seal_json(SEALED_AS, state, tx.rng())?;
    sqlx::query(
        "INSERT INTO passkey_challenge (id, purpose, bound_to, state, expires_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(token.digest())
    .bind(<&str>::from(purpose))
    .bind(Some(bound_to).filter(|b| !b.is_empty()))
    .bind(sealed)
    .bind(now + WAITS_MS)
    .execute(tx.conn())
    .await?;
    Ok(PasskeyChallenge { token, options: options.to_string() })
}

/// Uses a challenge up; `None` when it is of another purpose or binding, used or expired.
async fn take<S: DeserializeOwned>(
    tx: &mut Tx,
    purpose: Purpose,
    bound_to: &str,
    token: &str,
) -> Result<Option<S>, Failure> {
    let Some(token) = Token::parse(token) else { return Ok(None) };
    let now = tx.now();
    let sealed: Option<Vec<u8>> = sqlx::query_scalar(
        "DELETE FROM passkey_challenge WHERE id = $1 AND purpose = $2 AND COALESCE(bound_to, '') = $3 \
         AND expires_at > $4 RETURNING state",
    )
    .bind(token.digest())
    .bind(<&str>::from(purpose))
    .bind(bound_to)
    .bind(now)
    .fetch_optional(tx.conn())
    .await?;
    let Some(sealed) = sealed else { return Ok(None) };
    tx.site_key().open_json(SEALED_AS, &sealed).map(Some)
}

fn json(value: &impl Serialize) -> Result<Value, Failure> {
    serde_json::to_value(value).map_err(|_| Failure::Crypto("writing a passkey"))
}

/// An id as browsers name it.
fn shown_id(id: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(id)
}

fn parsed_id(id: &str) -> Result<CredentialID, Failure> {
    URL_SAFE_NO_PAD.decode(id).map_err(|_| Failure::Damaged("passkey.credential_id"))
}

/// Passkeys.
pub const DATA: DataSet = DataSet {
    table: "passkey",
    categories: &[Category {
        name: "passkeys",
        retention: |ctx| is_offered(ctx).then_some(Retention::UntilRemoved),
    }],
    export: Some(
        "SELECT id AS key, name, created_at, last_used_at FROM passkey \
         WHERE member_id = $1 AND id > $2 ORDER BY id LIMIT $3",
    ),
    purge: &[],
};

/// Challenges for passkeys.
pub const CHALLENGES: DataSet = DataSet {
    table: "passkey_challenge",
    categories: &[Category {
        name: "passkey_questions",
        retention: |ctx| is_offered(ctx).then_some(Retention::For(WAITS_MS)),
    }],
    export: None,
    purge: &[Purge::Delete(
        "DELETE FROM passkey_challenge WHERE id IN \
         (SELECT id FROM passkey_challenge WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)",
        dataset::now,
    )],
};
