//! How letters leave: into a folder, or to a mail server. Each failure says "again" or "never".

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use super::outbox::Claimed;
use crate::fault::Fault;
use crate::settings::{self, Settings};

/// A mail server that does not answer within this time is asked again later.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where letters go.
pub enum Transport {
    /// A folder, one `.eml` each.
    File(PathBuf),
    /// A mail server.
    Smtp(Box<AsyncSmtpTransport<Tokio1Executor>>),
}

/// Why a letter did not leave. The text holds no address.
#[derive(Debug)]
pub enum Failure {
    /// It may work later.
    Again(String),
    /// It will never work.
    Never(String),
}

impl Transport {
    /// As the settings say.
    pub fn from_settings(settings: &Settings) -> Result<Self, Fault> {
        match settings.mail.transport {
            settings::Transport::File => Ok(Self::File(settings.mail.directory.clone())),
            settings::Transport::Smtp => {
                let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(&settings.mail.smtp_url)
                    .map_err(|e| Fault::Letter(format!("mail.smtp_url: {e}")))?;
                Ok(Self::Smtp(Box::new(builder.timeout(Some(PATIENCE)).build())))
            }
        }
    }

    /// Whether the other side answers.
    pub async fn probe(&self) -> Result<(), String> {
        match self {
            Self::File(folder) => tokio::fs::create_dir_all(folder).await.map_err(|e| e.to_string()),
            Self::Smtp(smtp) => match smtp.test_connection().await {
                Ok(true) => Ok(()),
                Ok(false) => Err("the mail server hung up".into()),
                Err(e) => Err(e.to_string()),
            },
        }
    }

    /// Hands one letter over.
    pub async fn send(&self, letter: &Claimed, settings: &Settings) -> Result<(), Failure> {
        let message = message(letter, settings).map_err(Failure::Never)?;
        match self {
            Self::File(folder) => {
                let write = async {
                    tokio::fs::create_dir_all(folder).await?;
                    // Under its final name only when it is whole: readers of the folder never see half a letter.
                    let part = folder.join(format!("{}.part", letter.id));
                    tokio::fs::write(&part, message.formatted()).await?;
                    tokio::fs::rename(&part, folder.join(format!("{}.eml", letter.id))).await
                };
                write.await.map_err(|e| Failure::Again(e.to_string()))
            }
            Self::Smtp(smtp) => match smtp.send(message).await {
                Ok(_) => Ok(()),
                Err(e) if e.is_permanent() => Err(Failure::Never(status(&e))),
                Err(e) => Err(Failure::Again(status(&e))),
            },
        }
    }
}

/// What the server said, without the text after the status: it often repeats the address.
fn status(error: &lettre::transport::smtp::Error) -> String {
    match error.status() {
        Some(code) => format!("the mail server answered {code}"),
        None => format!("the mail server could not be reached: {error}"),
    }
}

fn message(letter: &Claimed, settings: &Settings) -> Result<Message, String> {
    let contents = &letter.contents;
    let from: Mailbox = settings.mail.from.parse().map_err(|e| format!("mail.from: {e}"))?;
    let to: Address =
        contents.to.parse().map_err(|_| "its address is refused by the mail library".to_owned())?;
    let sent = SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(letter.created_at).unwrap_or(0));
    let domain = from.email.domain().to_owned();
    let part = |kind: ContentType, body: &str| SinglePart::builder().header(kind).body(body.to_owned());
    Message::builder()
        .from(from)
        .to(Mailbox::new(None, to))
        .subject(&contents.subject)
        .date(sent)
        .message_id(Some(format!("<{}@{domain}>", letter.id)))
        .header(Language(contents.locale.tag().into()))
        .header(AutoSubmitted)
        .multipart(
            MultiPart::alternative()
                .singlepart(part(ContentType::TEXT_PLAIN, &contents.text))
                .singlepart(part(ContentType::TEXT_HTML, &contents.html)),
        )
        .map_err(|e| e.to_string())
}

/// `Content-Language` (RFC 3282).
#[derive(Clone)]
struct Language(String);

impl Header for Language {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Content-Language")
    }
    fn parse(s: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(s.into()))
    }
    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}

/// `Auto-Submitted: auto-generated` (RFC 3834): no holiday notice is sent back.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }
    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }
    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".into())
    }
}
