//! Where else a member can be reached: a telephone number; later second and recovery addresses.

use platform::dataset::{Category, DataSet, Retention};
use platform::error::Failure;
use platform::tx::Tx;
use policy::PhoneField;
use strum::IntoStaticStr;

/// What kind of contact it is. The names are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Kind {
    /// A telephone number.
    Phone,
}

/// What a contact is for. The names are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Use {
    /// Part of the profile; nothing is sent to it.
    Profile,
}

/// Sets the member's contact of a kind and use, or removes it.
pub(super) async fn set(
    tx: &mut Tx,
    member_id: &str,
    kind: Kind,
    for_use: Use,
    value: Option<&str>,
) -> Result<(), Failure> {
    let (id, now) = (tx.id(), tx.now());
    let Some(value) = value else {
        sqlx::query("DELETE FROM contact WHERE member_id = $1 AND kind = $2 AND use_for = $3")
            .bind(member_id)
            .bind(<&str>::from(kind))
            .bind(<&str>::from(for_use))
            .execute(tx.conn())
            .await?;
        return Ok(());
    };
    // A new value has to be verified again.
    sqlx::query(
        "INSERT INTO contact (id, member_id, kind, use_for, value, created_at) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (member_id, kind, use_for) DO UPDATE SET value = excluded.value, created_at = excluded.created_at, \
         verified_at = NULL WHERE contact.value <> excluded.value",
    )
    .bind(id)
    .bind(member_id)
    .bind(<&str>::from(kind))
    .bind(<&str>::from(for_use))
    .bind(value)
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Where else members can be reached.
pub const DATA: DataSet = DataSet {
    table: "contact",
    categories: &[Category {
        name: "phone",
        retention: |ctx| (ctx.policy().profile.phone != PhoneField::Off).then_some(Retention::WhileAccount),
    }],
    export: Some(
        "SELECT id AS key, kind, value, verified_at, created_at FROM contact \
         WHERE member_id = $1 AND id > $2 ORDER BY id LIMIT $3",
    ),
    purge: &[],
};
