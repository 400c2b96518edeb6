//! Turns `locales/{ja,en}/<file>.toml` into typed functions, or fails naming the file and the key at fault.
//!
//! This file reads and writes; what makes a good text is judged in `build/`, which touches no disk.

#[path = "build/catalogue.rs"]
mod catalogue;
#[path = "build/locale.rs"]
mod locale;
#[path = "build/rust.rs"]
mod rust;
#[path = "build/text.rs"]
mod text;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    for input in ["build.rs", "build", "locales"] {
        println!("cargo::rerun-if-changed={input}");
    }
    let sources = catalogue::Sources {
        ja: toml_files(Path::new("locales/ja"))?,
        en: toml_files(Path::new("locales/en"))?,
        server_only: fs::read_to_string("locales/server_only.txt")?,
    };
    match catalogue::read(&sources) {
        Ok(modules) => {
            let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
            fs::write(out.join("words.rs"), rust::source(&modules))
        }
        Err(problems) => {
            // cargo prints each as an error and stops the build once this program has ended
            for problem in problems {
                println!("cargo::error={problem}");
            }
            Ok(())
        }
    }
}

/// File stem → content of every `.toml` file in a folder.
fn toml_files(folder: &Path) -> io::Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            files.insert(stem, fs::read_to_string(&path)?);
        }
    }
    Ok(files)
}
