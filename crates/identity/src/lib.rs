//! The deeds: every use case of Tegata, with storage, letters, jobs and keys. No HTTP here; words only in letters.
//!
//! **How to add a deed.** Its rules go into `domain` (form, refusals, `check`). Here it becomes a function of
//! the slice named after the task: it takes the [`desk::Desk`], the [`caller::Caller`] (who is acting) and
//! plain values, and returns an [`fault::Outcome`]. First what is slow (hashing, the network), then one
//! [`work::Work`], in it the statements of the slice's private `store`, an [`audit`] line, letters by
//! [`work::Work::post`]; [`work::Work::finish`] commits all of it. Its tests run on both databases through
//! [`testing`].

pub mod account_lock;
pub mod alerts;
pub mod audit;
pub mod browser;
pub mod caller;
pub mod clock;
pub mod confirm;
pub mod db;
pub mod desk;
pub mod email_change;
pub mod fault;
pub mod held;
pub mod helpdesk;
pub mod jobs;
pub mod kept;
pub mod keys;
pub mod limits;
pub mod linked_accounts;
pub mod lockout;
pub mod mail;
pub mod member;
pub mod moment;
pub mod my_data;
pub mod passkeys;
pub mod password;
pub mod password_reset;
pub mod place;
pub mod profile;
pub mod proof;
pub mod random;
pub mod registration;
pub mod second_factor;
pub mod secret;
pub mod session;
pub mod sessions;
pub mod settings;
pub mod sign_in;
pub mod sign_in_history;
#[cfg(feature = "testing")]
pub mod testing;
pub mod upstream;
mod ways_in;
pub mod withdrawal;
pub mod work;
