use std::{
    fmt::Display,
    panic::{AssertUnwindSafe, catch_unwind},
};

use http::StatusCode;
use ws_deflate::PermessageDeflate;
use ws_handler::{Handler, Peer, Upgrade, catch};
use ws_handshake::{Acceptance, Rejection, Request};

use crate::{Config, admission::Admission, counter::Counter, refusal::Refusal, traced::untold};

/// What a request is judged by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms<'a> {
    /// The other end of the transport.
    pub(crate) transport: Peer,
    /// The client, perhaps behind trusted proxies.
    pub(crate) peer: Peer,
    pub(crate) config: &'a Config,
    pub(crate) admission: Admission,
}

impl Terms<'_> {
    /// The answer that opens the connection, and what was agreed on.
    pub(crate) async fn decide<H: Handler>(
        self,
        request: &Request,
        handler: &mut H,
    ) -> Result<(Acceptance, Option<PermessageDeflate>), Refusal> {
        request.check_host()?;
        if let Admission::Refused(excess) = self.admission {
            return Err(Refusal::unavailable(&excess.to_string()));
        }
        if !request.asks_for_upgrade() {
            return Err(self.fall_back(request));
        }
        let acceptance = Acceptance::for_request(request)?;
        self.check_origin(request)?;
        let upgrade = Upgrade::new(request, self.peer, acceptance);
        let upgrade = upgrade.with_transport(self.transport);
        let decision = catch(async { handler.on_upgrade(&upgrade).await }).await;
        let acceptance =
            decision.map_err(|panic| self.panicked(format_args!("on_upgrade: {panic}")))??;
        if let [extension, ..] = acceptance.accepted_extensions() {
            return Err(self.fault(format_args!(
                "on_upgrade accepted {extension}, which is for the server to do"
            )));
        }
        let Some(deflate) = self.config.agree(&request.extensions()?) else {
            return Ok((acceptance, None));
        };
        let answer = deflate.agreement().extension();
        let acceptance = acceptance.extension(answer);
        Ok((acceptance.expect("it was offered"), Some(deflate)))
    }

    fn check_origin(self, request: &Request) -> Result<(), Refusal> {
        let call = AssertUnwindSafe(|| self.config.origins().check(request));
        let checked = catch_unwind(call);
        let checked = checked.map_err(|_| self.panicked("the check of the origin panicked"))?;
        checked.map_err(|rejection| Refusal::of_origin(rejection, request.origin()))
    }

    fn panicked(self, what: impl Display) -> Refusal {
        self.config.metrics().add(Counter::Panics, 1);
        self.fault(what)
    }

    /// The application's fault, which is no business of the peer.
    fn fault(self, what: impl Display) -> Refusal {
        tracing::error!(peer = untold(self.peer), "{what}");
        Rejection::new(StatusCode::INTERNAL_SERVER_ERROR).into()
    }

    fn fall_back(self, request: &Request) -> Refusal {
        let call = AssertUnwindSafe(|| self.config.answer(request));
        match catch_unwind(call) {
            Ok(response) => Refusal::answer(response, request.method()),
            Err(_) => self.panicked("the fallback panicked"),
        }
    }
}
