//! Writes the word tables that the browser loads: `words-ja.txt` and `words-en.txt` into the given folder.

use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    let folder: PathBuf = std::env::args_os().nth(1).unwrap_or_else(|| ".".into()).into();
    for lang in words::Locale::ALL {
        std::fs::write(folder.join(format!("words-{}.txt", lang.tag())), words::browser_table(lang))?;
    }
    Ok(())
}
