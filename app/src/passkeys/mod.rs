//! パスキー: the page, and the forms that show one at the sign-in, in its second step and as a fresh proof.

mod actions;
mod forms;
mod page;

pub use actions::{
    AddPasskey, ConfirmByPasskey, Key, PasskeyQuestion, PasskeysView, Question, RemovePasskey,
    SecondStepByPasskey, SignInByPasskey,
};
pub use forms::{PasskeyConfirm, PasskeySignIn, PasskeyStep};
pub use page::PasskeysPage;
