//! How e-mails are sent: into a folder, or to a mail server. Each failure says whether another try can work.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use super::outbox::Claimed;
use crate::error::Failure;
use crate::settings::{self, Settings};

/// A mail server that does not answer within this time is asked again later.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where e-mails go.
pub enum Transport {
    /// A folder, one `.eml` each.
    File(PathBuf),
    /// A mail server.
    Smtp(Box<AsyncSmtpTransport<Tokio1Executor>>),
}

/// Why an e-mail was not sent. The text holds no address.
#[derive(Debug)]
pub enum SendError {
    /// Another try may work.
    Again(String),
    /// No further try will work.
    Never(String),
}

impl Transport {
    /// The transport that `mail.transport` names; a faulty `mail.smtp_url` is refused.
    pub fn from_settings(settings: &Settings) -> Result<Self, Failure> {
        match settings.mail.transport {
            settings::Transport::File => Ok(Self::File(settings.mail.directory.clone())),
            settings::Transport::Smtp => {
                let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(&settings.mail.smtp_url)
                    .map_err(|e| Failure::Email(format!("mail.smtp_url: {e}")))?;
                Ok(Self::Smtp(Box::new(builder.timeout(Some(PATIENCE)).build())))
            }
        }
    }

    /// Whether the folder can be made, or the mail server answers; else a sentence for the operator.
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

    /// Hands one e-mail over.
    pub async fn send(&self, email: &Claimed, settings: &Settings) -> Result<(), SendError> {
        let message = message(email, settings).map_err(SendError::Never)?;
        match self {
            Self::File(folder) => {
                let write = async {
                    tokio::fs::create_dir_all(folder).await?;
                    // It gets its final name when it is whole: readers of the folder never see half an e-mail.
                    let part = folder.join(format!("{}.part", email.id));
                    tokio::fs::write(&part, message.formatted()).await?;
                    tokio::fs::rename(&part, folder.join(format!("{}.eml", email.id))).await
                };
                write.await.map_err(|e| SendError::Again(e.to_string()))
            }
            Self::Smtp(smtp) => match smtp.send(message).await {
                Ok(_) => Ok(()),
                Err(e) if e.is_permanent() => Err(SendError::Never(status(&e))),
                Err(e) => Err(SendError::Again(status(&e))),
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

fn message(email: &Claimed, settings: &Settings) -> Result<Message, String> {
    let contents = &email.contents;
    let from: Mailbox = settings.mail.from.parse().map_err(|e| format!("mail.from: {e}"))?;
    let to: Address =
        contents.to.parse().map_err(|_| "its address is refused by the mail library".to_owned())?;
    let sent = SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(email.created_at).unwrap_or(0));
    let domain = from.email.domain().to_owned();
    let part = |kind: ContentType, body: &str| SinglePart::builder().header(kind).body(body.to_owned());
    Message::builder()
        .from(from)
        .to(Mailbox::new(None, to))
        .subject(&contents.subject)
        .date(sent)
        .message_id(Some(format!("<{}@{domain}>", email.id)))
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
