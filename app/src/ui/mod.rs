//! Components that any page may use, and that know no use case.

pub mod field;
pub mod form;
pub mod help_link;
pub mod link_page;
pub mod notice;
pub mod page;
pub mod password;
pub mod time;
