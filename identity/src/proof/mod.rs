//! Ways to show who one is. Each file knows one; none of them knows sessions or pages.

pub mod password;
