//! What a callback does to its own connection through a handle.

use ws_server::{Client, CloseInfo, Config, Handler, Message};
use ws_testing::{naive::Frame, peer::masked};

use crate::{log::Log, served::Served};

struct AbortByHandle(Log);

impl Handler for AbortByHandle {
    async fn on_message(&mut self, client: &mut Client, message: Message<'_>) {
        self.0.note(format!("message {:?}", message.as_text()));
        client.handle().abort();
        assert!(client.is_aborted());
    }

    async fn on_close(&mut self, close: &CloseInfo) {
        self.0.note(format!("close {close}"));
    }
}

#[tokio::test(start_paused = true)]
async fn behind_an_abort_through_a_handle_no_message_of_the_same_read_is_delivered() {
    let log = Log::new();
    let handler = AbortByHandle(log.clone());
    let served = Served::of(handler, log, Config::default());
    let mut served = served.opened().await;
    let frames = ["one", "two", "three"].map(|text| masked(Frame::text(text)));
    served.peer.write(frames.concat()).await;
    served.ended().await;
    let told = [r#"message Some("one")"#, "close 1006 (aborted)"];
    assert_eq!(served.log.lines(), told);
    assert_eq!(served.peer.read_line().await, "end");
}
