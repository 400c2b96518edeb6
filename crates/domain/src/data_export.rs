//! マイデータ: a copy of what is stored about a member.

use crate::field::Field;
use crate::refusal::Refusal;
use serde::{Deserialize, Serialize};

/// Copies that a member can have made within a day.
pub const PER_DAY: i64 = 3;

/// Why no copy is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refused {
    /// The member had as many as one can have in a day.
    TooMany,
}

impl Refusal for Refused {
    fn code(self) -> &'static str {
        match self {
            Self::TooMany => "MD01",
        }
    }

    fn field(self) -> Field {
        Field::Form
    }
}
