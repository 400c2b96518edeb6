//! パスキー: the page, and the forms that use one at the sign-in, as its second factor and to authenticate again.

mod actions;
mod form;
mod forms;
mod page;

pub use actions::{
    AddPasskey, Key, PasskeyChallenge, PasskeyQuestion, PasskeysView, ReauthenticateWithPasskey,
    RemovePasskey, SecondFactorPasskey, SignInWithPasskey,
};
pub use form::PasskeyForm;
pub use forms::{PasskeyChallenge, PasskeySignIn, PasskeyStepUp};
pub use page::PasskeysPage;
