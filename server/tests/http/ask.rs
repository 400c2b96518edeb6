//! Helpers of the tests: a request through the whole router, its answer read to the end.

#![expect(clippy::unwrap_used, reason = "a request that cannot be made ends the test")]

use std::net::SocketAddr;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, request};
use http_body_util::BodyExt;
use server::AppState;
use server::assets::Assets;
use testkit::{Database, TestApp};
use tower::ServiceExt;

/// Origin of the site in tests.
pub const OWN: &str = "http://localhost:3000";

/// The files of the site in tests.
pub const FILES: [(&str, &str); 9] = [
    ("manifest.txt", "tegata.css=tegata.1a2b3c4d.css\ntegata.wasm=tegata.5e6f7a8b.wasm\n"),
    ("pkg/tegata.1a2b3c4d.css", "css as it is"),
    ("pkg/tegata.1a2b3c4d.css.br", "css in brotli"),
    ("pkg/tegata.1a2b3c4d.css.gz", "css in gzip"),
    ("pkg/tegata.5e6f7a8b.wasm", "wasm"),
    ("pkg/stray.js", "not in the manifest"),
    ("robots.txt", "User-agent: *"),
    ("robots.txt.br", "robots in brotli"),
    ("favicon.svg", "<svg/>"),
];

/// An answer, read to the end.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    /// A header's value; empty if there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A site on a fresh database.
pub struct Site {
    pub instance: TestApp,
    pub router: Router,
}

pub async fn site(database: Database, settings: &[(&str, &str)]) -> Site {
    let instance = TestApp::new(database, settings).await;
    let router = server::router(AppState::new(instance.app.clone(), Assets::given(FILES)));
    Site { instance, router }
}

impl Site {
    pub async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: body.collect().await.unwrap().to_bytes(),
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[]).await
    }

    pub async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.ask(with(Method::GET, path, headers).body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Answer {
        let form = [("content-type", "application/x-www-form-urlencoded")];
        self.ask(with(Method::POST, path, &[&form, headers].concat()).body(body.into()).unwrap()).await
    }
}

/// A request from a documentation network.
pub fn with(method: Method, path: &str, headers: &[(&str, &str)]) -> request::Builder {
    let peer: SocketAddr = "192.0.2.7:50000".parse().unwrap();
    let start = Request::builder().method(method).uri(path).extension(ConnectInfo(peer));
    headers.iter().fold(start, |request, (name, value)| request.header(*name, *value))
}
