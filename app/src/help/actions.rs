//! Server functions of this slice: all of them only read, for members and visitors alike.

use leptos::prelude::*;
use leptos::server_fn::codec::{Json, PostUrl};
use serde::{Deserialize, Serialize};

use crate::action::ActionError;
use crate::ui::time::Moment;

/// The start of the help, or what a search found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HelpView {
    /// What was looked for; empty: nothing.
    pub query: String,
    /// How many questions were found, in words.
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
    /// What it is called.
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
    /// Name and words of each question.
    pub questions: Vec<(String, String)>,
    /// All of it as HTML, from our own Markdown.
    pub html: String,
    /// The server's time, where the clock may be the trouble.
    pub now: Option<Moment>,
}

/// What is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptView {
    /// Each kind of data.
    pub rows: Vec<KeptRow>,
    /// How often what is over is removed, in words.
    pub every: String,
    /// When that was last done; `None`: not yet.
    pub last_purge: Option<Moment>,
}

/// A kind of data in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptRow {
    /// What.
    pub what: String,
    /// Why.
    pub why: String,
    /// How long.
    pub how_long: String,
}

/// Reads the start of the help, and looks for questions.
#[server(prefix = "/api", endpoint = "help", input = PostUrl, output = Json)]
pub async fn help(#[server(default)] q: String) -> Result<HelpView, ActionError> {
    use super::search::{query, search};
    use super::texts::{Help, Topic};
    use crate::boot::lang_of;
    use crate::request::{caller, desk, told};
    use domain::route::Route;
    use words::help_lines as t;

    let (desk, caller) = (desk()?, caller()?);
    let help = Help::of(&desk.settings, caller.locale).map_err(told)?;
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
    let count = t::found(lang_of(caller.locale), &query, &found.len().to_string());
    Ok(HelpView { count, found, chapters: chapters.collect(), query })
}

/// Reads a chapter, or a page about a trouble.
#[server(prefix = "/api", endpoint = "help/topic", input = PostUrl, output = Json)]
pub async fn help_topic(#[server(default)] topic: String) -> Result<TopicView, ActionError> {
    use super::texts::Help;
    use crate::request::{caller, desk, told};
    use identity::fault::Fault;
    use identity::moment;

    let (desk, caller) = (desk()?, caller()?);
    let help = Help::of(&desk.settings, caller.locale).map_err(told)?;
    let topic = help.topic(&topic).ok_or(Fault::NotOffered).map_err(told)?;
    let html: String = topic.questions.iter().map(|question| question.html.as_str()).collect();
    let now = desk.now();
    let now = Moment { stamp: moment::stamp(now), text: moment::to_the_second(now, caller.locale) };
    Ok(TopicView {
        title: topic.title.clone(),
        lead: topic.lead.clone(),
        questions: topic.questions.iter().map(|q| (q.id.clone(), q.title.clone())).collect(),
        html,
        now: (topic.name == "code").then_some(now),
    })
}

/// Reads what is kept.
#[server(prefix = "/api", endpoint = "help/data", input = PostUrl, output = Json)]
pub async fn kept() -> Result<KeptView, ActionError> {
    use super::data::rows;
    use crate::boot::lang_of;
    use crate::request::{caller, desk, told};
    use identity::{jobs, moment};

    let (desk, caller) = (desk()?, caller()?);
    let lang = lang_of(caller.locale);
    let last = jobs::last_purge(&desk).await.map_err(told)?;
    Ok(KeptView {
        rows: rows(&desk.settings, lang),
        every: words::help_lines::every(lang, &moment::duration(jobs::between_purges_ms(), lang)),
        last_purge: last
            .map(|ms| Moment { stamp: moment::stamp(ms), text: moment::shown(ms, caller.locale) }),
    })
}
