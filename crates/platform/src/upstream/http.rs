//! Requests to providers: 5 s in all, 1 MB at most, no redirects, and nothing in private networks unless the settings
//! allow it. A host name is judged by the addresses that it resolves to, at the moment of connecting, so that they
//! cannot change in between (security.md 2.11).

use std::io;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use openidconnect::url::{Host, Url};
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;

/// For the whole of a request, connecting included.
const TIME_OUT: Duration = Duration::from_secs(5);
/// Longest answer.
const MOST_BYTES: usize = 1024 * 1024;

/// The HTTP client for providers; cheap to clone.
#[derive(Clone)]
pub struct Http {
    client: reqwest::Client,
    private_networks: bool,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// The address is one that no request may go to.
    #[error("the address is not https, or in a private network")]
    Forbidden,
    /// No connection, no answer in time, or a broken one.
    #[error("no answer: {0}")]
    Silent(reqwest::Error),
    /// More than a provider has to say.
    #[error("the answer is too long")]
    TooLong,
    /// Not a request or an answer at all.
    #[error("not HTTP: {0}")]
    Malformed(#[from] openidconnect::http::Error),
}

impl From<reqwest::Error> for Failed {
    fn from(error: reqwest::Error) -> Self {
        // The URL may carry secrets.
        Self::Silent(error.without_url())
    }
}

impl Http {
    /// Made once per process, where there are providers.
    pub fn new(private_networks: bool) -> Result<Self, reqwest::Error> {
        // An error means that this process has chosen a crypto provider already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = reqwest::Client::builder()
            .timeout(TIME_OUT)
            .redirect(Policy::none())
            .no_proxy()
            .referer(false)
            .user_agent("Tegata");
        let builder = if private_networks { builder } else { builder.dns_resolver(Arc::new(PublicOnly)) };
        Ok(Self { client: builder.build()?, private_networks })
    }

    /// Sends a request and reads the whole answer.
    pub async fn send(&self, request: HttpRequest) -> Result<HttpResponse, Failed> {
        let mut request = reqwest::Request::try_from(request)?;
        if !self.may_go_to(request.url()).await {
            return Err(Failed::Forbidden);
        }
        *request.timeout_mut() = Some(TIME_OUT);
        let mut response = self.client.execute(request).await?;
        let mut answer = openidconnect::http::Response::builder().status(response.status());
        for (name, value) in response.headers() {
            answer = answer.header(name, value);
        }
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await? {
            if body.len() + piece.len() > MOST_BYTES {
                return Err(Failed::TooLong);
            }
            body.extend_from_slice(&piece);
        }
        Ok(answer.body(body)?)
    }

    /// Over https to wherever the settings allow; over plain http only into private networks, if they are allowed.
    async fn may_go_to(&self, url: &Url) -> bool {
        let literal = match url.host() {
            Some(Host::Domain(_)) => None,
            Some(Host::Ipv4(ip)) => Some(IpAddr::from(ip)),
            Some(Host::Ipv6(ip)) => Some(IpAddr::from(ip)),
            None => return false,
        };
        match (url.scheme(), literal) {
            // `PublicOnly` judges host names when their addresses are known.
            ("https", literal) => self.private_networks || literal.is_none_or(is_public),
            ("http", Some(ip)) => self.private_networks && !is_public(ip),
            ("http", None) => {
                let name = url.host_str().unwrap_or_default();
                let found = tokio::net::lookup_host((name, 0)).await;
                self.private_networks
                    && found.is_ok_and(|mut all| !all.any(|address| is_public(address.ip())))
            }
            _ => false,
        }
    }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = Failed;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Failed>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

/// Resolves host names, and leaves out addresses that are not of the open internet.
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err(io::Error::other("no address of the open internet").into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// Whether an address is of the open internet (RFC 6890; IPv4-mapped IPv6 addresses count as the IPv4 address).
fn is_public(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => {
            let [a, b, c, _] = ip.octets();
            let shared = a == 100 && (b & 0xc0) == 64;
            let protocol = a == 192 && b == 0 && c == 0;
            let benchmark = a == 198 && (b & 0xfe) == 18;
            !(ip.is_private()
                || ip.is_loopback()
                || ip.is_link_local()
                || ip.is_documentation()
                || ip.is_multicast()
                || a == 0
                || a >= 240
                || shared
                || protocol
                || benchmark)
        }
        IpAddr::V6(ip) => {
            let [a, b, ..] = ip.segments();
            // Only what is given out (2000::/3), without documentation, Teredo and the like, 6to4 and translated IPv4.
            (a & 0xe000) == 0x2000
                && !(a == 0x2001 && b < 0x0200)
                && !(a == 0x2001 && b == 0x0db8)
                && a != 0x2002
                && !is_documentation(ip)
        }
    }
}

/// `3fff::/20` (RFC 9637).
fn is_documentation(ip: Ipv6Addr) -> bool {
    ip.segments()[0] == 0x3fff && ip.segments()[1] < 0x1000
}

#[cfg(test)]
mod tests {
    use super::*;

    /// security.md 2.11
    #[test]
    fn private_networks_are_not_the_open_internet() {
        for open in ["8.8.8.8", "100.128.0.1", "172.32.0.1", "2404:6800:4004::1", "::ffff:8.8.8.8"] {
            assert!(is_public(open.parse().unwrap()), "{open}");
        }
        for closed in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "0.1.2.3",
            "100.64.0.1",
            "192.0.0.1",
            "198.18.0.1",
            "192.0.2.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "2002:a00:1::",
            "64:ff9b::a00:1",
            "3fff::1",
        ] {
            assert!(!is_public(closed.parse().unwrap()), "{closed}");
        }
    }

    #[tokio::test]
    async fn no_request_goes_to_a_forbidden_address() {
        let http = Http::new(false).unwrap();
        let ask = |url: &str| {
            let request = openidconnect::http::Request::builder().uri(url).body(Vec::new()).unwrap();
            http.send(request)
        };
        for url in ["http://example.com/", "https://127.0.0.1/", "https://[::1]/", "https://10.0.0.1:8443/x"]
        {
            assert!(matches!(ask(url).await, Err(Failed::Forbidden)), "{url}");
        }
        // A host name is judged by where it leads.
        assert!(matches!(ask("https://localhost:1/").await, Err(Failed::Silent(_))));
    }
}
