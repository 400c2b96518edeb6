//! How a key and a choice are declared: once, for the field, its range, and its row in `docs/policy.md`.
//!
//! The declarations are in `keys.rs` and `choices.rs`. Their doc comments are the texts that operators read.

use std::ops::RangeInclusive;

/// One key of the policy, as `docs/policy.md` shows it.
#[derive(Clone, Debug)]
pub struct Key {
    /// Table and key with a dot between them, as settings write it below `policy.`
    pub name: &'static str,
    /// What it decides, in a sentence.
    pub meaning: &'static str,
    /// Where it comes from: requirement numbers, a standard, or "ours" where no source has it.
    pub source: &'static str,
    /// The numbers it takes; `None` where it takes no number.
    pub range: Option<RangeInclusive<u32>>,
    /// What is written for it.
    pub kind: ValueKind,
}

/// What is written for a key.
#[derive(Clone, Copy, Debug)]
pub enum ValueKind {
    /// `true` or `false`.
    Switch,
    /// A whole number.
    Number,
    /// One of these names, each with its meaning.
    Choice(&'static [(&'static str, &'static str)]),
    /// Some of these names, each at most once; the order counts.
    List(&'static [(&'static str, &'static str)]),
}

/// Declares the tables of the policy: `key: Type, "source";`, for a number `key: Type = range, "source";`, for a time
/// `key: Type = range => accessor(unit), "source";`, whose accessor gives it in milliseconds.
macro_rules! policy {
    ($(
        $(#[doc = $about:literal])+
        $table:ident: $Table:ident {
            $(
                $(#[doc = $meaning:literal])+
                $key:ident: $type:ty $(= $range:expr $(=> $accessor:ident($unit:expr))?)?, $source:literal;
            )+
        }
    )+) => {
        /// Every rule of a site. [`Policy::from_preset`] makes it and sees that each value is in its range and all of
        /// them fit together.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct Policy {
            $($(#[doc = $about])+ pub $table: $Table,)+
        }

        $(
            $(#[doc = $about])+
            #[derive(Clone, Debug, PartialEq, Eq)]
            pub struct $Table {
                $($(#[doc = $meaning])+ #[doc = concat!("Source: ", $source, ".")] pub $key: $type,)+
            }
        )+

        /// Every key, in the order of `docs/policy.md`.
        pub const KEYS: &[Key] = &[$($(
            Key {
                name: concat!(stringify!($table), ".", stringify!($key)),
                meaning: concat!($($meaning),+).trim_ascii(),
                source: $source,
                range: range!($($range)?),
                kind: <$type as Value>::KIND,
            },
        )+)+];

        impl Policy {
            /// Reads all keys, so that every problem is found; `None` when one of them has no usable value.
            pub(crate) fn read(from: &mut Reader) -> Option<Self> {
                $(let $table = $Table::read(from);)+
                Some(Self { $($table: $table?,)+ })
            }
        }

        $(impl $Table {
            fn read(from: &mut Reader) -> Option<Self> {
                $(let $key = from.read(stringify!($table), stringify!($key), range!($($range)?));)+
                Some(Self { $($key: $key?,)+ })
            }

            $($($(
                #[doc = concat!("`", stringify!($key), "` in milliseconds.")]
                pub const fn $accessor(&self) -> i64 {
                    self.$key as i64 * $unit
                }
            )?)?)+
        })+
    };
}

macro_rules! range {
    () => {
        None
    };
    ($range:expr) => {
        Some($range)
    };
}

/// Declares enums whose variants settings write by name: `Variant = "name"`.
macro_rules! choices {
    ($(
        $(#[doc = $about:literal])+
        $Choice:ident {
            $($(#[doc = $meaning:literal])+ $Variant:ident = $name:literal,)+
        }
    )+) => {$(
        $(#[doc = $about])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $Choice {
            $($(#[doc = $meaning])+ $Variant,)+
        }

        impl Choice for $Choice {
            const ALL: &'static [(&'static str, Self)] = &[$(($name, Self::$Variant),)+];
        }

        impl Value for $Choice {
            const KIND: ValueKind = ValueKind::Choice(&[$(($name, concat!($($meaning),+).trim_ascii()),)+]);

            fn read(written: &toml::Value) -> Result<Self, String> {
                Self::by_name(written.as_str().unwrap_or_default())
                    .ok_or_else(|| format!("{written} is none of {}", Self::names()))
            }
        }
    )+};
}

pub(crate) use {choices, policy, range};
