//! The built site: files under `/pkg/` whose names carry their content's hash, and the few files at the root.
//!
//! `make build` writes them into `target/site`, each with a `.br` and a `.gz` beside it, and the release executable
//! embeds them; a debug build reads the folder. How they are made is not known here, only `manifest.txt`: one
//! `logical=hashed` a line.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use crate::state::AppState;

const MANIFEST: &str = "manifest.txt";
/// The name carries the content's hash, so the content never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
const AN_HOUR: &str = "public, max-age=3600";

#[derive(RustEmbed)]
#[folder = "../target/site"]
#[allow_missing = true]
struct Embedded;

/// The files and their names; cheap to clone.
#[derive(Clone, Debug)]
pub struct Assets {
    /// Logical name → name under `/pkg/`.
    names: Arc<HashMap<String, String>>,
    files: Files,
}

#[derive(Clone, Debug)]
enum Files {
    Built,
    Given(Arc<BTreeMap<String, Bytes>>),
}

impl Files {
    fn read(&self, path: &str) -> Option<Bytes> {
        match self {
            Self::Built => Embedded::get(path).map(|file| match file.data {
                std::borrow::Cow::Borrowed(bytes) => Bytes::from_static(bytes),
                std::borrow::Cow::Owned(bytes) => bytes.into(),
            }),
            Self::Given(files) => files.get(path).cloned(),
        }
    }

    fn names(&self) -> Vec<String> {
        match self {
            Self::Built => Embedded::iter().map(String::from).collect(),
            Self::Given(files) => files.keys().cloned().collect(),
        }
    }
}

impl Assets {
    /// The site as built. A site that was not built yet has no files, and each answers 404.
    pub fn load() -> Self {
        Self::of(Files::Built)
    }

    /// A site of the given files, for tests: path → content.
    pub fn given<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let bytes = |text: &str| Bytes::copy_from_slice(text.as_bytes());
        Self::of(Files::Given(Arc::new(
            files.into_iter().map(|(path, text)| (path.into(), bytes(text))).collect(),
        )))
    }

    fn of(files: Files) -> Self {
        let manifest = files.read(MANIFEST).unwrap_or_default();
        let names = String::from_utf8_lossy(&manifest)
            .lines()
            .filter_map(|line| line.split_once('='))
            .map(|(logical, hashed)| (logical.trim().to_owned(), hashed.trim().to_owned()))
            .collect();
        Self { names: Arc::new(names), files }
    }

    /// Address of a built file: `tegata.css` → `/pkg/tegata.1a2b3c4d.css`. Of one that was not built, the
    /// address it would have without a hash.
    pub fn name(&self, logical: &str) -> String {
        format!("/pkg/{}", self.names.get(logical).map_or(logical, String::as_str))
    }

    /// Whether a file was built.
    pub fn has(&self, logical: &str) -> bool {
        self.names.contains_key(logical)
    }

    /// The file in the best encoding for the browser; `None`: there is no such file.
    fn answer(&self, path: &str, headers: &HeaderMap) -> Option<Response> {
        let whole = self.files.read(path)?;
        let [br, gz] = ["br", "gz"].map(|ending| self.files.read(&format!("{path}.{ending}")));
        let varies = br.is_some() || gz.is_some();
        let encoding = choose(&accepted(headers), br.is_some(), gz.is_some());
        let bytes = match encoding {
            Some("br") => br,
            Some(_) => gz,
            None => None,
        };
        let tag = if path.starts_with("pkg/") { None } else { Some(tag(&whole, encoding)) };
        let unchanged = tag.as_deref().is_some_and(|tag| is_known(tag, headers));

        let mut response = if unchanged {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let mut response = bytes.unwrap_or(whole).into_response();
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind(path)));
            if let Some(encoding) = encoding {
                response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
            }
            response
        };
        let headers = response.headers_mut();
        if varies {
            headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        }
        if let Some(tag) = tag.and_then(|tag| HeaderValue::from_str(&tag).ok()) {
            headers.insert(header::ETAG, tag);
        }
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(self.keeps(path)));
        Some(response)
    }

    /// How long a browser may keep a file.
    fn keeps(&self, path: &str) -> &'static str {
        match path.strip_prefix("pkg/") {
            Some(name) if self.names.values().any(|hashed| hashed == name) => FOR_EVER,
            Some(_) => "no-cache",
            None => AN_HOUR,
        }
    }
}

/// `/pkg/…` and the files of the root.
pub fn router(state: &AppState) -> Router {
    let mut router = Router::new().route("/pkg/{*name}", get(built));
    for name in state.assets.files.names() {
        let of_root = !name.starts_with("pkg/") && name != MANIFEST && !is_packed(&name);
        let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte));
        if of_root && plain {
            let path = format!("/{name}");
            let root = move |State(assets): State<Assets>, headers: HeaderMap| async move {
                assets.answer(&name, &headers).unwrap_or_else(missing)
            };
            router = router.route(&path, get(root));
        }
    }
    router.with_state(state.assets.clone())
}

async fn built(State(assets): State<Assets>, Path(name): Path<String>, headers: HeaderMap) -> Response {
    let steps_out = name.split(['/', '\\']).any(|part| part == "..");
    if steps_out || is_packed(&name) {
        return missing();
    }
    assets.answer(&format!("pkg/{name}"), &headers).unwrap_or_else(missing)
}

/// No cache may keep that a file was missing: after the next start it may be there.
fn missing() -> Response {
    (StatusCode::NOT_FOUND, [(header::CACHE_CONTROL, "no-store")], "not found\n").into_response()
}

/// Whether it is the compressed form of a file, which has no address of its own.
fn is_packed(name: &str) -> bool {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    ["br", "gz"].contains(&ending)
}

fn kind(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "ico" => "image/x-icon",
        "jpg" | "jpeg" => "image/jpeg",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        "webmanifest" => "application/manifest+json",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "xml" => "application/xml",
        _ => "application/octet-stream",
    }
}

fn accepted(headers: &HeaderMap) -> String {
    let values = headers.get_all(header::ACCEPT_ENCODING).into_iter().filter_map(|value| value.to_str().ok());
    values.collect::<Vec<_>>().join(",")
}

/// The encoding to send, of those that are there (RFC 9110 §12.5.3): what the browser prefers, brotli among
/// equals. `None`: as it is.
fn choose(accepted: &str, br: bool, gz: bool) -> Option<&'static str> {
    let weight = |name: &str| {
        let mut rest = 0;
        for range in accepted.split(',') {
            let mut parts = range.split(';').map(str::trim);
            let coding = parts.next().unwrap_or_default();
            let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(1000, thousandths);
            if coding.eq_ignore_ascii_case(name) {
                return weight;
            } else if coding == "*" {
                rest = weight;
            }
        }
        rest
    };
    let [of_br, of_gz] =
        [br.then(|| weight("br")), gz.then(|| weight("gzip"))].map(Option::unwrap_or_default);
    match (of_br, of_gz) {
        (0, 0) => None,
        (br, gz) if br >= gz => Some("br"),
        _ => Some("gzip"),
    }
}

/// A weight in thousandths; an invalid one counts as 0.
fn thousandths(weight: &str) -> u32 {
    let (whole, part) = weight.trim().split_once('.').unwrap_or((weight.trim(), ""));
    let digits = part.len() <= 3 && part.bytes().all(|byte| byte.is_ascii_digit());
    match whole {
        "1" if digits => 1000,
        "0" if digits => format!("{part:0<3}").parse().unwrap_or(0),
        _ => 0,
    }
}

/// The `ETag` of a content in one encoding.
fn tag(bytes: &[u8], encoding: Option<&str>) -> String {
    let digest = URL_SAFE_NO_PAD.encode(Sha256::digest(bytes));
    let encoding = encoding.map(|name| format!("-{name}")).unwrap_or_default();
    format!("\"{}{encoding}\"", &digest[..16])
}

/// Whether the browser has it already (`If-None-Match`).
fn is_known(tag: &str, headers: &HeaderMap) -> bool {
    headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).is_some_and(|known| {
        known.split(',').any(|one| {
            let one = one.trim();
            one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preferred_encoding_that_is_there() {
        for (accepted, br, gz, chosen) in [
            ("", true, true, None),
            ("br", true, true, Some("br")),
            ("gzip, deflate, br, zstd", true, true, Some("br")),
            ("gzip, deflate", true, true, Some("gzip")),
            ("br, gzip", false, true, Some("gzip")),
            ("br", false, true, None),
            ("br;q=0, gzip", true, true, Some("gzip")),
            ("br;q=0.1, gzip;q=0.9", true, true, Some("gzip")),
            ("br; q=0.5 , gzip; q=0.5", true, true, Some("br")),
            ("*", true, true, Some("br")),
            ("*;q=0.5, br;q=0", true, true, Some("gzip")),
            ("identity", true, true, None),
            ("BR", true, false, Some("br")),
            ("br;q=x", true, false, None),
            (",,;;q=,", true, true, None),
        ] {
            assert_eq!(choose(accepted, br, gz), chosen, "{accepted:?}");
        }
    }

    #[test]
    fn names_come_from_the_manifest() {
        let assets = Assets::given([(MANIFEST, "tegata.css=tegata.1a2b3c4d.css\n\nnonsense\n")]);
        assert_eq!(assets.name("tegata.css"), "/pkg/tegata.1a2b3c4d.css");
        assert_eq!(assets.name("tegata.js"), "/pkg/tegata.js");
        assert_eq!(Assets::given([]).name("tegata.js"), "/pkg/tegata.js");
    }

    #[test]
    fn a_tag_differs_by_content_and_encoding() {
        assert_eq!(tag(b"a", None), tag(b"a", None));
        assert_ne!(tag(b"a", None), tag(b"b", None));
        assert_ne!(tag(b"a", None), tag(b"a", Some("br")));
    }
}
