//! The help of the running site: its Markdown (`words::guide`) with figures in place of their names, without what
//! is not true here, as HTML. Made when a site's figures are first asked for, and kept.

use std::sync::{Arc, Mutex, PoisonError};

use domain::locale::Locale;
use identity::fault::Fault;
use identity::settings::Settings;
use words::guide::{CHAPTERS, TROUBLES, Text};

use super::figures::Figures;
use super::search::folded;
use crate::markdown::{escaped, to_html, to_text};

/// All of it in one language.
#[derive(Debug)]
pub struct Help {
    /// The chapters in their order, then the pages about troubles.
    pub topics: Vec<Topic>,
}

/// A page.
#[derive(Debug)]
pub struct Topic {
    /// Its name in addresses.
    pub name: &'static str,
    /// The heading.
    pub title: String,
    /// A sentence about it.
    pub lead: String,
    /// The questions.
    pub questions: Vec<Question>,
}

/// A question and its answer.
#[derive(Debug)]
pub struct Question {
    /// What links lead to.
    pub id: String,
    /// The question.
    pub title: String,
    /// Question and answer as HTML.
    pub html: String,
    /// The answer's words alone.
    pub text: String,
    /// The question as searches compare it.
    pub asked: String,
    /// Chapter, question and answer as searches compare them.
    pub all: String,
}

/// What was made last, and of which figures.
type Made = Option<(Figures, Arc<Help>)>;

/// For each language.
static MADE: Mutex<[Made; 2]> = Mutex::new([None, None]);

impl Help {
    /// The help of this site in the reader's language.
    pub fn of(settings: &Settings, locale: Locale) -> Result<Arc<Self>, Fault> {
        let figures = Figures::of(settings, locale);
        let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
        let place = &mut made[locale as usize];
        if let Some((of, help)) = place
            && *of == figures
        {
            return Ok(help.clone());
        }
        let help = Arc::new(Self::made(&figures, locale).map_err(|problem| {
            tracing::error!(problem, "a text of the help cannot be read");
            Fault::Damaged("help")
        })?);
        *place = Some((figures, help.clone()));
        Ok(help)
    }

    fn made(figures: &Figures, locale: Locale) -> Result<Self, String> {
        let topics = CHAPTERS.iter().chain(&TROUBLES).map(|text| topic(text, figures, locale)).collect();
        Ok(Self { topics: Result::from_iter::<Vec<Result<Topic, String>>>(topics)? })
    }

    /// The page of that name.
    pub fn topic(&self, name: &str) -> Option<&Topic> {
        self.topics.iter().find(|topic| topic.name == name)
    }

    /// The chapters, without the pages about troubles.
    pub fn chapters(&self) -> impl Iterator<Item = &Topic> {
        self.topics.iter().take(CHAPTERS.len())
    }
}

fn topic(text: &Text, figures: &Figures, locale: Locale) -> Result<Topic, String> {
    let found = read(text.markdown[locale as usize], figures);
    found
        .map(|(title, lead, questions)| Topic { name: text.name, title, lead, questions })
        .map_err(|problem| format!("{} ({}): {problem}", text.name, locale.tag()))
}

/// Title, sentence about it, and the questions that are true here.
fn read(markdown: &str, figures: &Figures) -> Result<(String, String, Vec<Question>), String> {
    let (head, rest) = markdown.split_once("\n## ").ok_or("there is no question")?;
    let (title, lead) =
        head.trim().strip_prefix("# ").and_then(|head| head.split_once('\n')).ok_or("there is no title")?;
    let lead = to_text(&filled(&chosen(lead, figures)?, figures)?).trim().to_owned();
    let chapter = to_text(&filled(title, figures)?).trim().to_owned();
    let mut questions = Vec::new();
    for part in rest.split("\n## ") {
        let (heading, answer) = part.split_once('\n').ok_or("a question without an answer")?;
        let (title, id, condition) = heading_parts(heading)?;
        let answer = filled(&chosen(answer, figures)?, figures)?;
        let text = to_text(&answer);
        if text.trim().is_empty() {
            return Err(format!("{id}: no answer is left"));
        }
        let true_here = condition.map_or(Ok(true), |condition| holds(condition, figures))?;
        if true_here {
            let title = to_text(&filled(title, figures)?).trim().to_owned();
            let heading = to_html(&escaped(&title)).trim().replace("<p>", "").replace("</p>", "");
            let html = format!(
                "<section aria-labelledby=\"{id}\"><h2 id=\"{id}\">{heading}</h2>{}</section>",
                to_html(&answer)
            );
            let (asked, all) = (folded(&title), folded(&[&chapter, "\n", &title, "\n", &text].concat()));
            questions.push(Question { id: id.to_owned(), title, html, text, asked, all });
        }
    }
    Ok((chapter, lead, questions))
}

/// `How long? {#how-long if open}` → the question, its name, its condition.
fn heading_parts(heading: &str) -> Result<(&str, &str, Option<&str>), String> {
    let parts = heading.trim_end().strip_suffix('}').and_then(|heading| heading.rsplit_once(" {#"));
    let (title, name) = parts.ok_or_else(|| format!("a question without a name: {heading}"))?;
    let (id, condition) = name.split_once(" if ").map_or((name, None), |(id, when)| (id, Some(when)));
    let plain =
        !id.is_empty() && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if plain { Ok((title, id, condition)) } else { Err(format!("{id}: not a name for a question")) }
}

fn holds(condition: &str, figures: &Figures) -> Result<bool, String> {
    figures.holds(condition).ok_or_else(|| format!("nobody knows whether “{condition}”"))
}

/// Without the lines between `{if …}` and `{end}` that do not hold here.
fn chosen(markdown: &str, figures: &Figures) -> Result<String, String> {
    let (mut out, mut within) = (String::new(), None);
    for line in markdown.lines() {
        if let Some(condition) = line.strip_prefix("{if ").and_then(|rest| rest.strip_suffix('}')) {
            if within.replace(holds(condition, figures)?).is_some() {
                return Err(format!("{line} before the {{end}} of another"));
            }
        } else if line == "{end}" {
            within.take().ok_or("{end} without {if}")?;
        } else if within != Some(false) {
            out.push_str(line);
            out.push('\n');
        }
    }
    if within.is_none() { Ok(out) } else { Err("{if} without {end}".to_owned()) }
}

/// With figures in place of their names; a figure is text, whatever is in it.
fn filled(markdown: &str, figures: &Figures) -> Result<String, String> {
    let mut out = String::new();
    for (place, piece) in markdown.split(['{', '}']).enumerate() {
        if place % 2 == 0 {
            out.push_str(piece);
        } else {
            let value = figures.value(piece).ok_or_else(|| format!("{{{piece}}} is no figure"))?;
            out.push_str(&escaped(value));
        }
    }
    Ok(out)
}

#[cfg(test)]
#[path = "texts_tests.rs"]
mod tests;
