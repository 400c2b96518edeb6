//! What all refusals have in common: a stable code and a place in the form.
//!
//! The sentences are in `words`; logs, tests and the help desk use the codes.

use crate::field::Field;

/// One reason why a use case did not do what was asked.
pub trait Refusal: Copy + 'static {
    /// Two letters for the form, two digits for the reason, as `RG01`. Never given to another reason.
    fn code(self) -> &'static str;
    /// Where on the form the person can correct it.
    fn field(self) -> Field;
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    /// The texts that the functions `code` of a folder's sources give: what stands between theirs and `field`'s heading.
    fn codes_in(folder: &Path) -> Vec<String> {
        let mut codes = Vec::new();
        for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                codes.extend(codes_in(&entry));
                continue;
            }
            // What is searched for stands in this file as a text.
            if entry.ends_with("refusal.rs") {
                continue;
            }
            let source = fs::read_to_string(&entry).unwrap();
            let bodies =
                source.split("fn code(self)").skip(1).filter_map(|rest| rest.split("fn field(self)").next());
            codes.extend(bodies.flat_map(|body| body.split('"').skip(1).step_by(2)).map(str::to_owned));
        }
        codes
    }

    fn is_code(text: &str) -> bool {
        let bytes = text.as_bytes();
        bytes.len() == 4
            && bytes[..2].iter().all(u8::is_ascii_uppercase)
            && bytes[2..].iter().all(u8::is_ascii_digit)
    }

    #[test]
    fn codes_are_unique_and_well_formed() {
        let mut codes = codes_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
        assert!(codes.len() > 100, "{codes:?}");
        assert!(codes.iter().all(|code| is_code(code)), "{codes:?}");
        codes.sort();
        let twice: Vec<_> = codes.windows(2).filter(|pair| pair[0] == pair[1]).collect();
        assert!(twice.is_empty(), "{twice:?}");
    }
}
