//! Snapshots of every e-mail in both languages: subject, plain text and HTML, kept under `snapshots/`. A change of
//! the words or of the layout shows there; `INSTA_UPDATE=always cargo test -p testkit --test emails` accepts it.

use std::collections::{BTreeMap, BTreeSet};

use domain::locale::Locale;
use identity::email_samples;
use testkit::{Database, TestApp, changed};

#[tokio::test]
async fn every_email_looks_as_it_was_accepted() {
    // Their figure is not the snapshots' matter.
    let site = TestApp::new(Database::Sqlite, &[("policy.reset.link_valid_minutes", "30")]).await;
    let mut named: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for locale in Locale::ALL {
        let ctx = changed(&site.visitor(), |request| request.locale = locale);
        let mut times: BTreeMap<&str, usize> = BTreeMap::new();
        for email in email_samples::all(&ctx).await.unwrap() {
            let time = times.entry(email.kind).or_default();
            *time += 1;
            // One kind may be written in several ways.
            let more = if *time > 1 { format!("_{time}") } else { String::new() };
            let name = format!("{}{more}", email.kind);
            let seen = format!("{}\n\n{}\n\n{}", email.subject, email.text, email.html);
            insta::assert_snapshot!(format!("{name}.{}", locale.tag()), seen);
            named.entry(locale.tag()).or_default().insert(name);
        }
    }
    assert_eq!(named[Locale::Ja.tag()], named[Locale::En.tag()]);
}

/// A file whose e-mail is gone would look like one that is still sent.
#[tokio::test]
async fn no_snapshot_is_left_of_an_email_that_is_gone() {
    let site = TestApp::new(Database::Sqlite, &[]).await;
    let kinds: BTreeSet<&str> =
        email_samples::all(&site.visitor()).await.unwrap().into_iter().map(|email| email.kind).collect();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/snapshots");
    for file in std::fs::read_dir(folder).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        let kind = name.trim_start_matches("emails__").split('.').next().unwrap_or_default();
        let kind = kind.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('_');
        assert!(kinds.contains(kind), "{name}");
    }
}
