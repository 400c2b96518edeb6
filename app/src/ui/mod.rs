//! Parts of pages without knowledge of any task: fields, forms, notices, the frame. How each looks is in
//! `style/`; `/dev/components` shows all of them in every state.

pub mod dead_link;
pub mod field;
pub mod form;
pub mod frame;
pub mod help_link;
pub mod notice;
pub mod page;
pub mod passkey;
pub mod password;
pub mod time;
