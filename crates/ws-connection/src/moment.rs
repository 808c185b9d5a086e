use std::time::Duration;

/// A time of one connection, in nanoseconds from when it was told the time first: half of an `Instant`, of
/// which an idle connection would keep many. 584 years fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(u64);

impl Moment {
    /// When the time was told first.
    pub(crate) const START: Self = Self(0);

    /// So long after the start.
    #[inline]
    pub(crate) fn at(age: Duration) -> Self {
        let whole = age.as_secs().saturating_mul(1_000_000_000);
        Self(whole.saturating_add(age.subsec_nanos().into()))
    }

    /// How long after the start.
    pub(crate) fn age(self) -> Duration {
        Duration::from_nanos(self.0)
    }

    /// Zero for a later one.
    pub(crate) fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }

    /// The later of both.
    pub(crate) fn or_later(self, other: Self) -> Self {
        Self(self.0.max(other.0))
    }

    /// So much later, as far as it goes.
    pub(crate) fn later(self, by: Duration) -> Self {
        self.after(by).unwrap_or(Self(u64::MAX))
    }

    /// So much earlier, at most at the start.
    pub(crate) fn earlier(self, by: Duration) -> Self {
        Self(self.0.saturating_sub(Self::at(by).0))
    }

    /// So much later; `None` when that is never.
    pub(crate) fn after(self, wait: Duration) -> Option<Self> {
        let wait = u64::try_from(wait.as_nanos()).ok()?;
        self.0.checked_add(wait).map(Self)
    }
}
