//! How long round trips took, in buckets of at most 1.6 % width.

use std::time::Duration;

/// Each power of two is cut into this many buckets, as a power of two.
const PRECISION: u32 = 6;

/// A histogram of fixed size.
#[derive(Debug)]
pub(crate) struct Latency {
    buckets: Vec<u64>,
    count: u64,
}

impl Latency {
    pub(crate) fn new() -> Self {
        Self {
            buckets: vec![0; bucket(u64::MAX) + 1],
            count: 0,
        }
    }

    pub(crate) fn record(&mut self, time: Duration) {
        let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        self.buckets[bucket(nanoseconds)] += 1;
        self.count += 1;
    }

    /// The time that `percent` of the round trips did not exceed; zero when there were none.
    pub(crate) fn percentile(&self, percent: u64) -> Duration {
        let wanted = (self.count * percent).div_ceil(100);
        let mut seen = 0;
        for (at, count) in self.buckets.iter().enumerate() {
            seen += count;
            if seen >= wanted {
                return Duration::from_nanos(lower_end(at));
            }
        }
        Duration::ZERO
    }
}

/// Times below 2^PRECISION have a bucket each; above it, the leading PRECISION + 1 bits tell the bucket.
fn bucket(nanoseconds: u64) -> usize {
    let exponent = nanoseconds.max(1).ilog2();
    let Some(shift) = exponent.checked_sub(PRECISION) else {
        return nanoseconds as usize;
    };
    ((shift as usize) << PRECISION) + (nanoseconds >> shift) as usize
}

fn lower_end(bucket: usize) -> u64 {
    let shift = (bucket >> PRECISION).saturating_sub(1);
    ((bucket - (shift << PRECISION)) as u64) << shift
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_holds_what_its_lower_end_says() {
        for exponent in 0..64 {
            for offset in [0, 1, 3] {
                let time = (1_u64 << exponent) + (offset << exponent >> 2);
                let lower = lower_end(bucket(time));
                assert!(lower <= time && time - lower <= time >> PRECISION, "{time}");
            }
        }
        assert_eq!(lower_end(bucket(0)), 0);
    }

    #[test]
    fn percentiles_are_those_of_the_sorted_list() {
        let mut latency = Latency::new();
        assert_eq!(latency.percentile(50), Duration::ZERO);
        for time in (1..=50).rev() {
            latency.record(Duration::from_nanos(time));
        }
        assert_eq!(latency.percentile(2), Duration::from_nanos(1));
        assert_eq!(latency.percentile(50), Duration::from_nanos(25));
        assert_eq!(latency.percentile(99), Duration::from_nanos(50));
    }
}
