//! Finding a question: every word that was typed must occur in chapter, question or answer. Width, case, kana and the
//! long-vowel mark make no difference.

use domain::fold::{ascii_fold, katakana};

use super::texts::{Help, Question, Topic};

/// Longest query that is looked at, in characters.
pub const LONGEST: usize = 100;
/// Longest piece of an answer that is shown.
const EXCERPT: usize = 90;

/// A question that was found.
#[derive(Debug)]
pub struct Found<'a> {
    /// Its page.
    pub topic: &'a Topic,
    /// The question.
    pub question: &'a Question,
    /// The sentence of the answer that matches, or its first one.
    pub excerpt: String,
}

/// The query as it was typed, without control characters and spaces at its ends, cut to [`LONGEST`].
pub fn query(typed: &str) -> String {
    typed.trim().chars().take(LONGEST).filter(|c| !c.is_control()).collect()
}

/// Questions that match; those whose own words match come first.
pub fn search<'a>(help: &'a Help, query: &str) -> Vec<Found<'a>> {
    let words: Vec<String> = folded(query).split_whitespace().map(str::to_owned).collect();
    if words.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for topic in &help.topics {
        for question in &topic.questions {
            if words.iter().all(|word| question.all.contains(word)) {
                let in_question = words.iter().all(|word| question.asked.contains(word));
                let excerpt = excerpt(&question.text, &words);
                found.push((!in_question, Found { topic, question, excerpt }));
            }
        }
    }
    found.sort_by_key(|(later, _)| *later);
    found.into_iter().map(|(_, found)| found).collect()
}

/// A text in the form that searches compare: `ユーザー`, `ﾕｰｻﾞ`, `ゆーざ` and `ユーザ` are the same.
pub fn folded(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| ascii_fold(&katakana(line)).to_lowercase()).collect();
    lines.join(" ").replace('-', "")
}

fn excerpt(text: &str, words: &[String]) -> String {
    let sentences =
        || text.split_inclusive(['。', '\n']).flat_map(|s| s.split_inclusive(". ")).map(str::trim);
    let sentences = || sentences().filter(|sentence| !sentence.is_empty());
    let fits = |sentence: &&str| {
        let sentence = folded(sentence);
        words.iter().any(|word| sentence.contains(word))
    };
    let sentence = sentences().find(fits).or_else(|| sentences().next()).unwrap_or_default();
    let mut shown: String = sentence.chars().take(EXCERPT).collect();
    if shown.len() < sentence.len() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topic(title: &str, asked: &str, answer: &str) -> Topic {
        let question = Question {
            id: "q".into(),
            title: asked.into(),
            html: String::new(),
            text: answer.into(),
            asked: folded(asked),
            all: folded(&[title, asked, answer].join("\n")),
        };
        Topic { name: "t", title: title.into(), lead: String::new(), questions: vec![question] }
    }

    fn help() -> Help {
        let answer = "ユーザIDをご確認ください。パスワードは8文字以上です。";
        Help {
            topics: vec![
                topic("ログイン", "ログインできません", answer),
                topic("Registration", "The e-mail does not arrive", "Look for it. A full mailbox?\n"),
                topic("パスワード", "変えるには", "会員情報の変更からどうぞ。"),
            ],
        }
    }

    /// MP-101: width, case, kana and the long-vowel mark make no difference.
    #[test]
    fn mp_101_what_is_typed_is_what_was_meant() {
        let help = help();
        for typed in [
            "ユーザー",
            "ﾕｰｻﾞｰ",
            "ゆーざ",
            "ユーザID",
            "ｕｓｅｒ",
            "ユーザｉｄ　ログイン",
            "ろぐいん ぱすわーど",
        ] {
            let expected = usize::from(typed != "ｕｓｅｒ");
            assert_eq!(search(&help, typed).len(), expected, "{typed}");
        }
        for typed in ["EMAIL", "E-Mail", "ｅｍａｉｌ arrive", "mailbox registration"] {
            assert_eq!(search(&help, typed).len(), 1, "{typed}");
        }
        assert_eq!(search(&help, "パスワード").len(), 2);
        assert!(search(&help, "ログイン 退会").is_empty(), "every word must occur");
    }

    #[test]
    fn the_excerpt_is_the_sentence_that_fits() {
        let help = help();
        assert_eq!(search(&help, "8文字")[0].excerpt, "パスワードは8文字以上です。");
        assert_eq!(search(&help, "mailbox")[0].excerpt, "A full mailbox?");
        assert_eq!(search(&help, "ログイン")[0].excerpt, "ユーザIDをご確認ください。");
        let long = format!("{}。", "あ".repeat(200));
        assert_eq!(excerpt(&long, &["ア".into()]).chars().count(), EXCERPT + 1);
    }

    #[test]
    fn hostile_queries_find_nothing() {
        let help = help();
        let long = "ログイン".repeat(2_560);
        for typed in
            ["", "  　", "-", "</script><script>x</script>", "' OR 1=1 --", "%00", "\u{202E}", "(.*)", &long]
        {
            assert!(search(&help, &query(typed)).is_empty(), "{typed:.40}");
        }
        assert_eq!(query(&long).chars().count(), LONGEST);
        assert_eq!(query(" a\0b\r\n "), "ab");
    }
}
