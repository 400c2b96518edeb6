//! Makes the folder of the built site, so that the crate compiles before the site is built, and lets a release embed
//! its files again when they changed.

use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let site = Path::new("../target/site");
    std::fs::create_dir_all(site)?;
    println!("cargo::rerun-if-changed=build.rs");
    // Only a release embeds the files; a debug build reads them from the folder.
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo::rerun-if-changed={}", site.display());
    }
    Ok(())
}
