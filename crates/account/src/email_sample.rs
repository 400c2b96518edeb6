//! A sample member and proof, for e-mails that are never sent: each kind of e-mail is shown to developers and compared
//! with a snapshot.

use domain::address::EmailAddress;
use domain::locale::Locale;
use domain::name::PersonName;
use domain::person::Person;
use platform::clock::HOUR_MS;
use platform::error::Failure;
use platform::secret::Token;

use crate::mailed::Issued;
use crate::member::Member;

/// What an e-mail may need.
pub struct Sample {
    /// Whose account it is about.
    pub member: Member,
    /// Their address.
    pub to: EmailAddress,
    /// The address they want to have.
    pub new: EmailAddress,
    /// Its link and code.
    pub issued: Issued,
}

impl Sample {
    /// For a reader of this language, at this time (unix ms).
    pub fn new(locale: Locale, now: i64) -> Result<Self, Failure> {
        let name = |text| PersonName::parse(text).map_err(|_| Failure::Damaged("a sample name"));
        let address = |text| EmailAddress::parse(text).map_err(|_| Failure::Damaged("a sample address"));
        let to = address("hanako@example.jp")?;
        let person = Person::of_names(name("山田")?, Some(name("花子")?));
        let member = Member {
            id: "hanako".to_owned(),
            email: Some(to.clone()),
            person,
            locale,
            created_at: now,
            suspended_at: None,
        };
        let issued = Issued {
            id: "sample".to_owned(),
            link: Some(Token::from_bytes([7; 32])),
            code: Some("012345".to_owned()),
            expires_at: now + HOUR_MS,
        };
        Ok(Self { member, to, new: address("hanako.yamada@example.com")?, issued })
    }
}
