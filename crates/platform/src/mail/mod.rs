//! E-mails: how one looks (`layout`), where it waits (`outbox`) and how it is sent (`transport`). No e-mail's text is
//! here; each use case writes its own.

pub mod layout;
pub mod outbox;
pub mod transport;
