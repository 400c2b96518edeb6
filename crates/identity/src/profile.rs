//! 会員情報: reading and changing a member's person data and language (MP-73 to MP-76, MP-95). No e-mail is sent about it
//! (MP-76). `email_change` and `password` change the address and the password.

use account::audit::{self, Event, Line};
use account::lock;
use account::member::{self, Member};
use domain::locale::Locale;
use domain::name::NameRefused;
use domain::person::{NameField, PersonForm, PersonRefused, PersonRules, ProfileFields, check};
use platform::clock;
use platform::context::Ctx;
use platform::error::{Denied, Error, Fault, refused};
use platform::tx::Tx;
use policy::{BirthDateField, PhoneField};

/// The fields of this site's form.
pub fn fields(ctx: &Ctx) -> ProfileFields {
    let policy = &ctx.policy().profile;
    ProfileFields {
        single_names: policy.single_names,
        birth_date_required: policy.birth_date == BirthDateField::Required,
        phone: policy.phone == PhoneField::Optional,
    }
}

/// What this site asks of a person, in the form of the page's language.
pub fn person_rules(ctx: &Ctx) -> PersonRules {
    PersonRules { locale: ctx.locale(), today: clock::today(ctx.now()), fields: fields(ctx) }
}

/// The signed-in member's own data.
pub async fn view(ctx: &Ctx) -> Result<Member, Fault> {
    // A member who withdrew in another tab a moment ago is not signed in any more.
    Ok(member::find(ctx.readers(), &ctx.member()?.member_id).await?.ok_or(Denied::SignIn)?)
}

/// Changes the person data. The English form has no kana fields: what is stored of them stays (MP-17).
pub async fn change(ctx: &Ctx, form: &PersonForm) -> Result<(), Error<PersonRefused>> {
    let me = ctx.member()?;
    let rules = person_rules(ctx);
    let person = check(form, &rules)?;
    let (mut tx, account) = lock::begin(ctx).await?;
    let before = member::of(&mut tx, &account).await?.person;
    // 名 can be changed but not given up (MP-75); the box for one name is for those who never had another.
    if before.given_name.is_some() && person.given_name.is_none() {
        return refused(PersonRefused::Name(NameField::GivenName, NameRefused::Empty));
    }
    member::set_person(&mut tx, &account, &person.or_as_before(before, &rules)).await?;
    let line = Line::of(account.id(), Event::ProfileChanged).within(me.session_id.as_str());
    audit::write(&mut tx, line).await?;
    tx.commit().await?;
    Ok(())
}

/// Stores the language of a member who switched it; a visitor's is only in a cookie.
pub async fn choose_language(ctx: &Ctx, locale: Locale) -> Result<(), Fault> {
    let Some(me) = ctx.session().filter(|me| me.locale != locale) else { return Ok(()) };
    let mut tx = Tx::begin(ctx).await?;
    member::set_locale(&mut tx, &me.member_id, locale).await?;
    Ok(tx.commit().await?)
}
