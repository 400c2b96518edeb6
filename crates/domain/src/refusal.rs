//! What all refusals have in common: a stable code and a place in the form.
//!
//! The sentences are in `words`; logs, tests and the help desk use the codes.

use crate::field::Field;
use crate::{
    alerts, data_export, email_change, linked_accounts, passkey, password_change, password_reset,
    reauthentication, registration, second_factor, sign_in, withdrawal,
};

/// One reason why a use case did not do what was asked.
pub trait Refusal: Copy + 'static {
    /// Two letters for the form, two digits for the reason, as `RG01`. Never given to another reason.
    fn code(self) -> &'static str;
    /// Where on the form the person can correct it.
    fn field(self) -> Field;
}

/// The code of every refusal, for the help desk's list and the test that none is given twice.
pub fn all_codes() -> Vec<&'static str> {
    fn codes<R: Refusal>(refusals: impl IntoIterator<Item = R>) -> impl Iterator<Item = &'static str> {
        refusals.into_iter().map(Refusal::code)
    }
    codes(registration::Refused::all())
        .chain(codes(registration::CompleteRefused::ALL))
        .chain(codes(sign_in::Refused::ALL))
        .chain(codes(second_factor::challenge::Refused::ALL))
        .chain(codes(second_factor::set_up::Refused::ALL))
        .chain(codes(reauthentication::Refused::ALL))
        .chain(codes(passkey::Refused::ALL))
        .chain(codes(password_change::Refused::all()))
        .chain(codes(alerts::Refused::ALL))
        .chain(codes(email_change::Refused::all()))
        .chain(codes(linked_accounts::Refused::ALL))
        .chain(codes(password_reset::Refused::all()))
        .chain(codes(password_reset::CodeRefused::ALL))
        .chain(codes(data_export::Refused::ALL))
        .chain(codes(withdrawal::Refused::ALL))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_unique_and_well_formed() {
        let codes = all_codes();
        for code in &codes {
            let bytes = code.as_bytes();
            assert_eq!(bytes.len(), 4, "{code}");
            assert!(bytes[..2].iter().all(u8::is_ascii_uppercase), "{code}");
            assert!(bytes[2..].iter().all(u8::is_ascii_digit), "{code}");
        }
        assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len(), "{codes:?}");
    }
}
