//! Answering a security e-mail: it was me, it was not me.

use crate::field::Field;
use crate::refusal::Refusal;
use serde::{Deserialize, Serialize};

/// Why an answer was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refused {
    /// Answered, expired or cut; the page does not say which.
    LinkInvalid,
}

impl Refusal for Refused {
    fn code(self) -> &'static str {
        match self {
            Self::LinkInvalid => "AL01",
        }
    }

    fn field(self) -> Field {
        Field::Form
    }
}
