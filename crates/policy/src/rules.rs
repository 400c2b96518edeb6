//! What values of several keys must have in common, in sentences for the operator who wrote them. The range of one
//! key stands with its declaration in `keys.rs`.

use crate::Problem;
use crate::choices::{Links, LockEnds, ResetMode};
use crate::keys::Policy;

/// Everything that does not fit together.
pub(crate) fn broken(policy: &Policy) -> Vec<Problem> {
    let (password, lock, linked) = (&policy.password, &policy.sign_in, &policy.linked_accounts);
    let reset_unlocks = lock.unlock_by_reset && policy.reset.mode == ResetMode::MailLink;
    [
        (
            policy.identifiers.sign_in_with.is_empty(),
            "identifiers.sign_in_with",
            "the list is empty; name at least one",
        ),
        (
            password.min_length > password.max_length,
            "password.max_length",
            "must not be below password.min_length",
        ),
        (
            lock.lock_ends == LockEnds::WhenUnlocked && !reset_unlocks,
            "sign_in.lock_ends",
            "a lock could never end: \"when_unlocked\" needs sign_in.unlock_by_reset = true and reset.mode = \"mail_link\"",
        ),
        (
            policy.second_factor.methods.is_empty(),
            "second_factor.methods",
            "the list is empty; name at least one",
        ),
        (
            policy.trusted_browsers.offered && !policy.trusted_browsers.release_by_member,
            "trusted_browsers.release_by_member",
            "must be true while trusted_browsers.offered is: nobody else can release a browser",
        ),
        (
            linked.login_method_exclusive && linked.links != Links::One,
            "linked_accounts.login_method_exclusive",
            "one way to sign in at a time needs linked_accounts.links = \"one\"",
        ),
    ]
    .into_iter()
    .filter(|(broken, ..)| *broken)
    .map(|(_, key, says)| Problem::of(key, says))
    .collect()
}
