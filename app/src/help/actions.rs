//! Server functions: all of them only read, for members and visitors alike.

use leptos::prelude::*;
use leptos::server_fn::codec::{Json, PostUrl};
use serde::{Deserialize, Serialize};

use crate::form::ActionError;
use crate::ui::time::Moment;

/// The start of the help, or what a search found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HelpView {
    /// What was looked for; empty: nothing.
    pub query: String,
    /// How many questions were found, as a sentence.
    pub count: String,
    /// What was found.
    pub found: Vec<Hit>,
    /// The chapters.
    pub chapters: Vec<Chapter>,
}

/// A question that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// Where its answer is.
    pub path: String,
    /// Its chapter.
    pub chapter: String,
    /// The question.
    pub question: String,
    /// A sentence of the answer.
    pub excerpt: String,
}

/// A chapter in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chapter {
    /// Where it is.
    pub path: String,
    /// Its title.
    pub title: String,
    /// What it is about.
    pub lead: String,
}

/// A page of questions and answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopicView {
    /// The heading.
    pub title: String,
    /// What it is about.
    pub lead: String,
    /// Name and text of each question.
    pub questions: Vec<(String, String)>,
    /// All of it as HTML, from our own Markdown.
    pub html: String,
    /// The server's time, where a wrong clock may be the cause of trouble.
    pub now: Option<Moment>,
}

/// What is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredView {
    /// Each kind of data.
    pub rows: Vec<StoredRow>,
    /// How often expired data are removed, as a sentence.
    pub every: String,
    /// When expired data were last removed; `None`: not yet.
    pub last_purge: Option<Moment>,
}

/// A kind of data, as members read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredRow {
    /// What is stored.
    pub what: String,
    /// Why it is stored.
    pub why: String,
    /// How long it is stored.
    pub how_long: String,
}

/// Reads the start of the help, and searches for questions.
#[server(prefix = "/api", endpoint = "help", input = PostUrl, output = Json)]
pub async fn help(#[server(default)] q: String) -> Result<HelpView, ActionError> {
    use super::search::{query, search};
    use super::texts::Topic;
    use crate::request::{ctx, help};
    use domain::route::Route;
    use words::stored_data as t;

    let ctx = ctx()?;
    let help = help(&ctx)?;
    let path = |topic: &Topic| format!("{}/{}", Route::Help.path(), topic.name);
    let query = query(&q);
    let hits = search(&help, &query);
    let found = hits.into_iter().map(|hit| Hit {
        path: format!("{}#{}", path(hit.topic), hit.question.id),
        chapter: hit.topic.title.clone(),
        question: hit.question.title.clone(),
        excerpt: hit.excerpt,
    });
    let found: Vec<Hit> = found.collect();
    let chapters = help.chapters().map(|topic| Chapter {
        path: path(topic),
        title: topic.title.clone(),
        lead: topic.lead.clone(),
    });
    let count = t::found(ctx.locale(), &query, &found.len().to_string());
    Ok(HelpView { count, found, chapters: chapters.collect(), query })
}

/// Reads a chapter, or a page about trouble with e-mails or codes.
#[server(prefix = "/api", endpoint = "help/topic", input = PostUrl, output = Json)]
pub async fn help_topic(#[server(default)] topic: String) -> Result<TopicView, ActionError> {
    use crate::request::{ctx, help};
    use identity::error::Denied;
    use identity::format;

    let ctx = ctx()?;
    let help = help(&ctx)?;
    let topic = help.topic(&topic).ok_or(Denied::NotFound)?;
    let html: String = topic.questions.iter().map(|question| question.html.as_str()).collect();
    let (now, locale) = (ctx.now(), ctx.locale());
    let now = Moment { stamp: format::rfc3339(now), text: format::date_time_seconds(now, locale) };
    Ok(TopicView {
        title: topic.title.clone(),
        lead: topic.lead.clone(),
        questions: topic.questions.iter().map(|q| (q.id.clone(), q.title.clone())).collect(),
        html,
        now: (topic.name == "code").then_some(now),
    })
}

/// Reads what is stored.
#[server(prefix = "/api", endpoint = "help/data", input = PostUrl, output = Json)]
pub async fn stored_data() -> Result<StoredView, ActionError> {
    use crate::present::{moment, stored_data};
    use crate::request::ctx;
    use identity::{format, jobs};

    let ctx = ctx()?;
    let every = format::duration(jobs::BETWEEN_PURGES_MS, ctx.locale());
    let last = jobs::last_purge(&ctx).await?;
    Ok(StoredView {
        rows: stored_data::rows(&ctx),
        every: words::stored_data::every(ctx.locale(), &every),
        last_purge: last.map(|ms| moment(ms, ctx.locale())),
    })
}
