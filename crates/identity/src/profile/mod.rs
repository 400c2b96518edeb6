//! 会員情報: reading and changing what a member is called, when they were born, which language they read
//! (MP-73 to MP-76, MP-95). No letter tells of it (MP-76). The address and the password are other slices.

use domain::locale::Locale;
use domain::name::NameRefused;
use domain::profile::{Form, Refused, check};

use crate::audit::{self, Event, Line};
use crate::caller::Caller;
use crate::clock;
use crate::desk::Desk;
use crate::fault::{Fault, Outcome};
use crate::member::{self, Member, Particulars};

/// The signed-in member's own data.
pub async fn view(desk: &Desk, caller: &Caller) -> Result<Member, Fault> {
    // A member who left in another tab a moment ago is not signed in any more.
    member::find(desk.db.readers(), &caller.signed_in()?.member_id).await?.ok_or(Fault::SignInFirst)
}

/// Changes it. On the English form there are no kana fields: what is stored stays (MP-17).
pub async fn change(desk: &Desk, caller: &Caller, form: &Form) -> Outcome<(), Vec<Refused>> {
    let me = caller.signed_in()?;
    let accepted = match check(form, caller.locale, clock::today(desk.now())) {
        Ok(accepted) => accepted,
        Err(refused) => return Ok(Err(refused)),
    };
    let mut work = desk.work(caller).await?;
    let stored = member::find(&mut *work.conn(), &me.member_id).await?.ok_or(Fault::SignInFirst)?;
    // 名 can be changed but not given up (MP-75); the box for one name is for those who never had another.
    if stored.given_name.is_some() && accepted.given_name.is_none() {
        return Ok(Err(vec![Refused::GivenName(NameRefused::Empty)]));
    }
    let asked = caller.locale == Locale::Ja;
    let who = Particulars {
        family_name: accepted.family_name.as_str().to_owned(),
        given_name: accepted.given_name.map(|n| n.as_str().to_owned()),
        family_name_kana: match accepted.family_name_kana {
            Some(kana) => Some(kana.as_str().to_owned()),
            None => stored.family_name_kana,
        },
        given_name_kana: match accepted.given_name_kana {
            Some(kana) => Some(kana.as_str().to_owned()),
            None if asked => None,
            None => stored.given_name_kana,
        },
        birth_date: accepted.birth_date,
    };
    member::set_particulars(&mut work, &me.member_id, &who).await?;
    audit::write(&mut work, Line::of(&me.member_id, Event::ProfileChange).within(&me.session_id)).await?;
    work.finish().await?;
    Ok(Ok(()))
}

/// Remembers the language of a member who switched it; a visitor's is kept by their browser alone.
pub async fn choose_language(desk: &Desk, caller: &Caller, locale: Locale) -> Result<(), Fault> {
    let Some(me) = caller.current.as_ref().filter(|me| me.locale != locale) else { return Ok(()) };
    let mut work = desk.work(caller).await?;
    member::set_locale(&mut work, &me.member_id, locale).await?;
    work.finish().await
}
