use http::StatusCode;
use ws_handshake::{Origin, OriginError, Rejection, Request};

/// From which web pages connections are accepted (RFC 6455 10.2).
///
/// Browsers name the page's origin in each handshake and send the user's cookies along; a server
/// that does not look accepts any page's scripts in the user's name (CWE-1385). So by default an
/// origin must have the host that the request went to. Requests without an origin do not come
/// from a page and are accepted.
///
/// ```
/// use ws_server::Origins;
///
/// let origins = Origins::same_host().allow("https://app.example.com")?;
/// # Ok::<(), ws_server::OriginError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Origins {
    allowed: Vec<Origin>,
    any: Any,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Any {
    Allowed,
    #[default]
    Refused,
}

impl Origins {
    /// Pages of the same host, the default.
    #[must_use]
    pub fn same_host() -> Self {
        Self::default()
    }

    /// Pages from anywhere. Safe only where no cookie and no client certificate tells who the user
    /// is, and the server is not reachable where its pages are not.
    #[must_use]
    pub fn any() -> Self {
        Self {
            any: Any::Allowed,
            ..Self::default()
        }
    }

    /// Also pages of this origin: `scheme://host`, with `:port` unless it is the scheme's default.
    ///
    /// # Errors
    ///
    /// When `origin` is not of that form.
    pub fn allow(mut self, origin: &str) -> Result<Self, OriginError> {
        self.allowed.push(origin.parse()?);
        Ok(self)
    }

    pub(crate) fn check(&self, request: &Request) -> Result<(), Rejection> {
        let Some(value) = request.origin() else {
            return Ok(());
        };
        if self.any == Any::Allowed {
            return Ok(());
        }
        let origin = match Origin::parse(value) {
            Ok(origin) => origin,
            Err(error) => return Err(refuse(&error.to_string())),
        };
        let same_host = request.host().is_some_and(|host| origin.is_same_host(host));
        if same_host || self.allowed.contains(&origin) {
            return Ok(());
        }
        Err(refuse(&format!("pages of {origin} are not allowed")))
    }
}

fn refuse(seen: &str) -> Rejection {
    let rule = "the server accepts pages of its own host and of the origins that it lists";
    Rejection::new(StatusCode::FORBIDDEN).text(&format!("{seen}: {rule}"))
}
