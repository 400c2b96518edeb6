//! Tries at the second step, wherever they are made: at the sign-in, as a fresh proof, turning letters on. One counter
//! and one lock for all of them and for all methods (MP-50). A try is taken in the transaction that judges it: whoever
//! comes second waits for the first.

use crate::alerts::{self, Told};
use crate::audit::{self, Event, Line};
use crate::fault::Fault;
use crate::lockout::{self, Counted, Limit, Try};
use crate::work::Work;

/// Takes a try; a [`Try::Locked`] one must not be judged.
pub(crate) async fn take(work: &mut Work, member_id: &str) -> Result<Try, Fault> {
    let limit = Limit::second_step(&work.desk().settings.policy);
    lockout::take(work, &Counted::second_step(member_id), limit).await
}

/// It was right: the ones before are forgotten.
pub(crate) async fn right(work: &mut Work, member_id: &str) -> Result<(), Fault> {
    lockout::clear(work, &Counted::second_step(member_id)).await
}

/// It was wrong, or not judged; whether the step is locked. The owner learns of the lock when it begins.
pub(crate) async fn wrong(work: &mut Work, member_id: &str, guess: Try) -> Result<bool, Fault> {
    if guess == Try::Last {
        audit::write(work, Line::of(member_id, Event::SecondStepLocked)).await?;
        alerts::tell(work, member_id, Told::SecondStepLocked, None).await?;
    }
    Ok(guess != Try::Open)
}
