use std::{fmt, sync::Arc};

use http::StatusCode;
use ws_handshake::{Origin, OriginError, OriginPattern, Rejection, Request};

type Predicate = dyn Fn(&Origin, &Request) -> bool + Send + Sync;

/// From which web pages connections are accepted (RFC 6455 10.2).
///
/// Browsers name the page's origin in each handshake and send the user's cookies along; a server
/// that does not look accepts any page's scripts in the user's name (CWE-1385). So by default an
/// origin must have the host that the request went to. Others get 403, with a line that says which
/// origin was seen and what would allow it. Requests without an origin do not come from a page and
/// are accepted, whatever the setting.
///
/// | origin | [`same_host`](Self::same_host), the default | [`none`](Self::none) | [`matching`](Self::matching) | [`any`](Self::any) |
/// |---|---|---|---|---|
/// | of the host and port that `Host` names | accepted | refused | asked | accepted |
/// | [allowed](Self::allow) by name or pattern | accepted | accepted | accepted | accepted |
/// | another | refused | refused | asked | accepted |
/// | `null` | refused, but for [`allow_null`](Self::allow_null) | the same | the same | accepted |
/// | malformed | refused | refused | refused | accepted |
///
/// ```
/// use ws_server::{Origins, Server};
///
/// let origins = Origins::same_host()
///     .allow("https://app.example.com")?
///     .allow("https://*.preview.example.com")?
///     .allow("http://localhost:*")?;
/// let builder = Server::builder().origins(origins);
/// # Ok::<(), ws_server::OriginError>(())
/// ```
///
/// Behind a proxy that does not pass `Host` on as it came, pages have another host than the request
/// seems to go to: allow them by name.
#[derive(Clone)]
pub struct Origins {
    base: Base,
    allowed: Vec<OriginPattern>,
    null: Null,
}

#[derive(Clone)]
enum Base {
    SameHost,
    None,
    Matching(Arc<Predicate>),
    Any,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Null {
    Allowed,
    Refused,
}

impl Default for Origins {
    fn default() -> Self {
        Self::same_host()
    }
}

impl Origins {
    /// Pages of the same host, the default.
    ///
    /// A `Host` without a port means the default port of the origin's scheme, as TLS may have ended
    /// before; only http and https pages are ever of the same host.
    #[must_use]
    pub fn same_host() -> Self {
        Self::of(Base::SameHost)
    }

    /// No pages but those that are [allowed](Self::allow).
    ///
    /// For a server whose users reach it by an address of their own network: a page that makes its
    /// host's name mean that address is of the same host (DNS rebinding), but on no list.
    #[must_use]
    pub fn none() -> Self {
        Self::of(Base::None)
    }

    /// Pages for which `is_allowed` says yes; the same host has no privilege. `null` and what is
    /// malformed does not get there. A panic is answered with 500.
    ///
    /// ```
    /// use ws_server::Origins;
    ///
    /// // Tenants have a host each, and may speak of themselves only.
    /// let origins = Origins::matching(|origin, request| {
    ///     let tenant = request.path().split('/').nth(1).unwrap_or_default();
    ///     origin.scheme() == "https" && origin.host() == format!("{tenant}.example.com")
    /// });
    /// ```
    #[must_use]
    pub fn matching(
        is_allowed: impl Fn(&Origin, &Request) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self::of(Base::Matching(Arc::new(is_allowed)))
    }

    /// Pages from anywhere, `null` and malformed origins too. Safe only where no cookie and no
    /// client certificate tells who the user is, and the server is not reachable where its pages
    /// are not.
    #[must_use]
    pub fn any() -> Self {
        Self::of(Base::Any)
    }

    fn of(base: Base) -> Self {
        Self {
            base,
            allowed: Vec::new(),
            null: Null::Refused,
        }
    }

    /// Also pages of this origin: `scheme://host`, with `:port` unless it is the scheme's default,
    /// or with `:*` for any port. `scheme://*.host` are all hosts below this one, however deep, and
    /// not itself; [`OriginPattern`] has the rules.
    ///
    /// # Errors
    ///
    /// When `origin` is not of that form.
    pub fn allow(mut self, origin: &str) -> Result<Self, OriginError> {
        self.allowed.push(origin.parse()?);
        Ok(self)
    }

    /// Also pages whose origin is `null` (RFC 6454 7.1): documents in a sandbox, files, `data:`
    /// addresses, and whatever a redirect led to. Any site can put a page into a sandbox, so this
    /// is no less than [`any`](Self::any) for those who want to get in.
    #[must_use]
    pub fn allow_null(mut self) -> Self {
        self.null = Null::Allowed;
        self
    }

    pub(crate) fn check(&self, request: &Request) -> Result<(), Rejection> {
        let Some(value) = request.origin() else {
            return Ok(());
        };
        if let Base::Any = self.base {
            return Ok(());
        }
        match Origin::parse(value) {
            Ok(origin) if self.allows(&origin, request) => Ok(()),
            Ok(origin) => Err(refuse(&format!(
                "pages of {origin} are not allowed here; to allow them, give \
                 Origins::allow(\"{origin}\") to Builder::origins"
            ))),
            Err(OriginError::Null) if self.null == Null::Allowed => Ok(()),
            Err(OriginError::Null) => Err(refuse(
                "pages whose origin is null are not allowed here; to allow them, which lets any \
                 page in, give Origins::allow_null() to Builder::origins",
            )),
            Err(error) => Err(refuse(&error.to_string())),
        }
    }

    fn allows(&self, origin: &Origin, request: &Request) -> bool {
        let by_base = match &self.base {
            Base::SameHost => request.host().is_some_and(|host| origin.is_same_host(host)),
            Base::None => false,
            Base::Matching(is_allowed) => is_allowed(origin, request),
            Base::Any => true,
        };
        by_base || self.allowed.iter().any(|pattern| pattern.matches(origin))
    }
}

impl fmt::Debug for Origins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let base = match self.base {
            Base::SameHost => "same_host",
            Base::None => "none",
            Base::Matching(_) => "matching",
            Base::Any => "any",
        };
        f.debug_struct("Origins")
            .field("base", &format_args!("{base}"))
            .field("allowed", &self.allowed)
            .field("null", &self.null)
            .finish()
    }
}

fn refuse(text: &str) -> Rejection {
    Rejection::new(StatusCode::FORBIDDEN).text(text)
}
