//! Codes that people copy from paper or an e-mail: characters that are not mistaken for each other, in groups, read
//! back whatever the width, case and hyphens.

use domain::fold::ascii_fold;

use crate::rng::Random;

/// Crockford's base 32: five bits a character.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A new code of `length` characters.
pub fn random(random: &Random, length: u16) -> String {
    // 256 is a multiple of 32: every character is equally likely.
    (0..length).map(|_| char::from(ALPHABET[usize::from(random.bytes::<1>()[0] & 31)])).collect()
}

/// A code out of what a person typed: any width and case, with spaces or hyphens; o for 0, i and l for 1.
pub fn folded(typed: &str) -> String {
    ascii_fold(typed)
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| match c.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            c => c,
        })
        .collect()
}

/// As it is shown, in groups of `size`: `ab3de-9fgh2`.
pub fn grouped(code: &str, size: usize) -> String {
    let characters: Vec<char> = code.chars().collect();
    characters.chunks(size.max(1)).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_by_people() {
        assert_eq!(folded(" AB3DE－９ＦＧＨ２ "), "ab3de9fgh2");
        assert_eq!(folded("O1-il"), "0111");
    }

    #[test]
    fn shown_in_groups_and_read_back() {
        assert_eq!(grouped("ab3de9fgh2", 5), "ab3de-9fgh2");
        assert_eq!(grouped("ab3de9fgh", 4), "ab3d-e9fg-h");
        let made = random(&Random::seeded(1), 12);
        assert_eq!(made.len(), 12);
        assert_eq!(folded(&grouped(&made, 4)), made);
    }
}
