//! Compiles again when a migration is added: `sqlx::migrate!` reads the folder, and cargo does not know of it.

fn main() {
    println!("cargo::rerun-if-changed=../../migrations");
}
