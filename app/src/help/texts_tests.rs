//! The texts themselves: complete in both languages, true under every policy, without broken links.

use std::collections::BTreeSet;

use domain::route::Route;
use policy::usable_presets;
use testkit::{Database, TestApp, changed};

use super::*;

/// The figures of a site with these settings.
async fn figures(settings: &[(&str, &str)], locale: Locale) -> Figures {
    let site = TestApp::new(Database::Sqlite, settings).await;
    Figures::of(&changed(&site.visitor(), |request| request.locale = locale), locale)
}

async fn help_with(settings: &[(&str, &str)], locale: Locale) -> Help {
    Help::made(&figures(settings, locale).await, locale).unwrap()
}

async fn help(policy: &str, locale: Locale) -> Help {
    help_with(&[("site.policy", policy)], locale).await
}

#[tokio::test]
async fn mp_101_the_ten_chapters_and_their_names() {
    let help = help("standard", Locale::Ja).await;
    let titles: Vec<_> = help.chapters().map(|topic| topic.title.as_str()).collect();
    assert_eq!(
        titles,
        [
            "新規登録",
            "ログイン",
            "ログアウト",
            "ご登録情報",
            "ユーザID変更",
            "外部アカウント連携",
            "認証・セキュリティ",
            "サービス",
            "使い方",
            "退会"
        ]
    );
}

/// A question has its name and its condition in both languages, in the same order, and no name comes twice.
#[test]
fn both_languages_answer_the_same_questions() {
    for text in CHAPTERS.iter().chain(&TROUBLES) {
        let names = |markdown: &str| {
            let headings = markdown.lines().filter_map(|line| line.strip_prefix("## "));
            headings.map(|h| h.rsplit_once(" {#").unwrap().1.to_owned()).collect::<Vec<_>>()
        };
        let marks = |markdown: &str| {
            let lines = markdown.lines().filter(|l| l.starts_with("{if") || *l == "{end}");
            lines.map(str::to_owned).collect::<Vec<_>>()
        };
        let [ja, en] = text.markdown;
        assert_eq!(names(ja), names(en), "{}", text.name);
        assert_eq!(marks(ja), marks(en), "{}", text.name);
        assert_eq!(names(ja).iter().collect::<BTreeSet<_>>().len(), names(ja).len(), "{}", text.name);
        // Of those with one way to sign in and those with several, a reader sees one half.
        let seen = names(ja).iter().filter(|name| !name.ends_with(" if one_method}")).count();
        assert!((5..=9).contains(&seen), "{}: {seen} questions", text.name);
    }
}

#[tokio::test]
async fn every_policy_gives_a_help_without_gaps() {
    for policy in usable_presets() {
        for locale in Locale::ALL {
            let help = help(policy, locale).await;
            assert_eq!(help.topics.len(), 12);
            for topic in &help.topics {
                assert!(!topic.lead.is_empty() && topic.questions.len() > 1, "{policy} {}", topic.name);
                for question in &topic.questions {
                    let said = [&question.title, &question.html, &question.text];
                    assert!(said.iter().all(|text| !text.contains(['{', '}'])), "{policy} {}", question.id);
                }
            }
        }
    }
}

#[tokio::test]
async fn links_lead_to_pages_and_questions_that_are_there() {
    for locale in Locale::ALL {
        let help = help("modern", locale).await;
        let html: String = help.topics.iter().flat_map(|t| &t.questions).map(|q| q.html.as_str()).collect();
        let links: Vec<_> = html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert!(links.len() > 5);
        for link in links {
            let (path, question) = link.split_once('#').map_or((link, None), |(path, id)| (path, Some(id)));
            let topic = path.strip_prefix("/help/").and_then(|name| help.topic(name));
            assert!(topic.is_some() || Route::ALL.iter().any(|route| route.path() == path), "{link}");
            if let Some(id) = question {
                assert!(topic.unwrap().questions.iter().any(|question| question.id == id), "{link}");
            }
        }
    }
}

#[tokio::test]
async fn mp_25_mp_36_mp_47_figures_are_the_running_policys() {
    let said = |help: &Help, topic: &str, id: &str| {
        let questions = &help.topic(topic).unwrap().questions;
        questions.iter().find(|q| q.id == id).map(|q| q.text.clone()).unwrap_or_default()
    };
    let own = [
        ("policy.reset.link_valid_minutes", "20160"),
        ("policy.second_factor.mail_code_valid_seconds", "600"),
        ("policy.sign_in.lock_threshold", "10"),
        ("policy.sign_in.lock_minutes", "15"),
    ];
    let (standard, modern) = (help("standard", Locale::Ja).await, help("modern", Locale::Ja).await);
    let ([own_ja, own_en], standard_en) = (
        [help_with(&own, Locale::Ja).await, help_with(&own, Locale::En).await],
        help("standard", Locale::En).await,
    );
    assert!(said(&own_ja, "sign-in", "forgotten-password").contains("どちらも14日間、"));
    assert!(said(&own_en, "sign-in", "forgotten-password").contains("for 14 days"));
    assert!(said(&standard_en, "code", "expired").contains("work for 1 minute,"));
    assert!(said(&own_ja, "code", "expired").contains("10分で"));
    let locked = said(&standard, "sign-in", "locked");
    assert!(locked.contains("続けて6回") && locked.contains("30分たつと"), "{locked}");
    let own = said(&own_ja, "sign-in", "locked");
    assert!(own.contains("続けて10回") && own.contains("15分たつと"), "{own}");
    assert!(said(&modern, "sign-in", "passkey").contains("パスキーでログイン"));
    assert_eq!(said(&standard, "sign-in", "passkey"), "");
}

/// MP-102: the four causes, and what to do about a mis-encoded e-mail.
#[tokio::test]
async fn mp_102_mp_103_the_pages_about_troubles_name_the_causes() {
    for locale in Locale::ALL {
        let help = help("standard", locale).await;
        let asked =
            |name| help.topic(name).unwrap().questions.iter().map(|q| q.id.as_str()).collect::<Vec<_>>();
        assert_eq!(asked("letter")[..4], ["filter", "spam", "full", "known"]);
        assert!(asked("letter").contains(&"garbled"));
        assert_eq!(asked("code")[..5], ["typo", "expired", "newest", "clock", "locked"]);
    }
}

/// The operator's name for the site is escaped.
#[tokio::test]
async fn figures_are_text_whatever_is_in_them() {
    let name = "A & B *<script>alert(1)</script>* [x](javascript:alert(1)) {if open}";
    let help = help_with(&[("site.name", name)], Locale::En).await;
    let html: String = help.topics.iter().flat_map(|t| &t.questions).map(|q| q.html.as_str()).collect();
    assert!(
        html.contains("A &amp; B *&lt;script&gt;") && html.contains("[x](javascript:alert(1)) {if open}")
    );
    assert!(!html.contains("<script") && !html.contains("href=\"javascript"));
}

#[tokio::test]
async fn a_faulty_text_is_reported() {
    let figures = figures(&[], Locale::En).await;
    for (markdown, problem) in [
        ("# A\n\nlead\n", "there is no question"),
        ("no title\n\n## B {#b}\n\nc\n", "there is no title"),
        ("# A\n\nlead\n\n## B\n\nc\n", "a question without a name: B"),
        ("# A\n\nlead\n\n## B {#Ü}\n\nc\n", "Ü: not a name for a question"),
        ("# A\n\nlead\n\n## B {#b}\n\n{nothing}\n", "{nothing} is no figure"),
        ("# A\n\nlead\n\n## B {#b if nothing}\n\nc\n", "nobody knows whether “nothing”"),
        ("# A\n\nlead\n\n## B {#b}\n\n{if open}\nc\n", "{if} without {end}"),
        ("# A\n\nlead\n\n## B {#b}\n\nc\n{end}\n", "{end} without {if}"),
        ("# A\n\nlead\n\n## B {#b}\n\n{if open}\n{if open}\nc\n", "{if open} before the {end} of another"),
        ("# A\n\nlead\n\n## B {#b}\n\n{if not open}\nc\n{end}\n", "b: no answer is left"),
    ] {
        assert_eq!(read(markdown, &figures).unwrap_err(), problem);
    }
}
