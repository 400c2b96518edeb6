//! Signing in with a linked account of an outside provider (MP-65, MD-06). The provider's assertion is the first
//! factor; the policy says whether the second one follows (C-52).

use account::authn::{self, Attempt, Outcome};
use account::lock::LockedAccount;
use account::session::{AuthMethod, Proof};
use platform::error::Failure;
use platform::tx::Tx;

use super::{SignInStep, SignedIn, remembers};

/// Signs in the member that the account of a provider belongs to.
pub(crate) async fn sign_in_with_provider(
    tx: &mut Tx,
    account: &LockedAccount,
    provider: &str,
) -> Result<SignInStep, Failure> {
    let proof = Proof::of(AuthMethod::Provider, tx.now()).with(provider);
    let attempt = Attempt::sign_in(proof, remembers(tx.ctx(), false));
    // A pending account of a second provider is not linked: signing in with the first does not prove that both are
    // theirs.
    Ok(match authn::advance(tx, account, attempt).await? {
        Outcome::In(session) => SignInStep::In(SignedIn { session, linked: None }),
        Outcome::SetUp(session) => SignInStep::SetUp(SignedIn { session, linked: None }),
        Outcome::SecondFactor(token, until) => SignInStep::SecondFactor(token, until),
    })
}
