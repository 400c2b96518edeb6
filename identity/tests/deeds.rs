//! The deeds on a real database, both of them, with a hand-moved clock. One test binary; a module a slice.

mod deeds {
    mod foundation;
    mod password;
    mod profile;
    mod registration;
    mod session;
    mod sign_in;
}
