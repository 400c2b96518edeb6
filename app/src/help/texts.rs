//! The help of the running site: its Markdown (`words::guide`) with figures in place of their names, without what is
//! not true of this site, as HTML.

use std::sync::{Arc, OnceLock};

use domain::locale::Locale;
use identity::context::Ctx;
use identity::error::Failure;
use words::guide::{CHAPTERS, TROUBLES, Text};

use super::figures::Figures;
use super::search::folded;
use crate::markdown::{escaped, to_html, to_text};

/// All of it in one language.
#[derive(Debug)]
pub struct Help {
    /// The chapters in their order, then the pages about trouble with e-mails and codes.
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
    /// Its anchor.
    pub id: String,
    /// The question.
    pub title: String,
    /// Question and answer as HTML.
    pub html: String,
    /// The answer's words alone.
    pub text: String,
    /// The question in the form that searches compare.
    pub asked: String,
    /// Chapter, question and answer in the form that searches compare.
    pub all: String,
}

/// The help of one site in every language, each made when it is first asked for. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct HelpTexts(Arc<[OnceLock<Option<Arc<Help>>>; 2]>);

impl HelpTexts {
    /// The help in the reader's language.
    pub fn read(&self, ctx: &Ctx) -> Result<Arc<Help>, Failure> {
        let locale = ctx.locale();
        let made = self.0[locale as usize].get_or_init(|| {
            let made = Help::made(&Figures::of(ctx, locale), locale);
            made.map(Arc::new)
                .inspect_err(|problem| tracing::error!(problem, "a text of the help cannot be read"))
                .ok()
        });
        made.clone().ok_or(Failure::Damaged("help"))
    }
}

impl Help {
    fn made(figures: &Figures, locale: Locale) -> Result<Self, String> {
        let topics = CHAPTERS.iter().chain(&TROUBLES).map(|text| topic(text, figures, locale)).collect();
        Ok(Self { topics: Result::from_iter::<Vec<Result<Topic, String>>>(topics)? })
    }

    /// The page of that name.
    pub fn topic(&self, name: &str) -> Option<&Topic> {
        self.topics.iter().find(|topic| topic.name == name)
    }

    /// The chapters, without the pages about trouble.
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

/// Title, lead, and the questions that are true of this site; or what is wrong with the text.
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

/// The text without the lines between `{if …}` and `{end}` whose condition does not hold.
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

/// The text with figures in place of their names; a figure is escaped.
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
