//! Sees to it that the folder of the built site exists, so that the crate compiles before the site is built, and
//! that a release takes in every file of it anew.

use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let site = Path::new("../target/site");
    std::fs::create_dir_all(site)?;
    println!("cargo::rerun-if-changed=build.rs");
    // Only a release carries the files; otherwise they are read from the folder when asked for.
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo::rerun-if-changed={}", site.display());
    }
    Ok(())
}
