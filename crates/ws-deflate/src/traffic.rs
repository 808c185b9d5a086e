use std::{
    fmt,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

/// Bytes of compressed messages, before and after: what compression brings. Share one with an
/// `Arc` between all connections that are to be counted together.
///
/// Messages that leave or come uncompressed are not counted.
///
/// ```
/// use std::sync::Arc;
/// use ws_connection::{Config, Role, Sender};
/// use ws_deflate::{Deflate, PermessageDeflate, Traffic};
///
/// let settings = Arc::new(Deflate::default());
/// let agreed = settings.accept(&[settings.offer()]).expect("our own offer");
/// let traffic = Arc::new(Traffic::default());
/// let deflate = PermessageDeflate::new(settings, agreed, Role::Server).with_traffic(traffic.clone());
///
/// let mut sender = Sender::server(Config::default()).with_extension(&deflate);
/// sender.send("ten bytes ".repeat(100)).expect("open");
/// sender.send("too short").expect("open");
/// assert_eq!(traffic.sent().plain, 1000);
/// assert!(traffic.sent().deflated < 50);
/// assert_eq!(traffic.received().plain, 0);
/// ```
#[derive(Debug, Default)]
pub struct Traffic {
    sent: Counter,
    received: Counter,
}

#[derive(Debug, Default)]
struct Counter {
    plain: AtomicU64,
    deflated: AtomicU64,
}

impl Counter {
    fn add(&self, volume: Volume) {
        self.plain.fetch_add(volume.plain, Relaxed);
        self.deflated.fetch_add(volume.deflated, Relaxed);
    }

    fn get(&self) -> Volume {
        Volume {
            plain: self.plain.load(Relaxed),
            deflated: self.deflated.load(Relaxed),
        }
    }
}

/// Bytes of payload in one direction.
///
/// ```
/// use ws_deflate::Volume;
///
/// let sent = Volume { plain: 1000, deflated: 200 };
/// assert_eq!(sent.to_string(), "1000 bytes as 200");
/// assert_eq!(100 * sent.deflated / sent.plain, 20, "a fifth is left");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Volume {
    /// As applications have it.
    pub plain: u64,
    /// As it travelled.
    pub deflated: u64,
}

/// As in `1000 bytes as 200`.
impl fmt::Display for Volume {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { plain, deflated } = self;
        write!(f, "{plain} bytes as {deflated}")
    }
}

impl Traffic {
    /// What was sent.
    #[must_use]
    pub fn sent(&self) -> Volume {
        self.sent.get()
    }

    /// What was received.
    #[must_use]
    pub fn received(&self) -> Volume {
        self.received.get()
    }

    /// Adds a message that was sent, for those who deflate messages before they are queued.
    pub fn add_sent(&self, volume: Volume) {
        self.sent.add(volume);
    }

    pub(crate) fn add_received(&self, plain: usize, deflated: u64) {
        let plain = plain as u64;
        self.received.add(Volume { plain, deflated });
    }
}
