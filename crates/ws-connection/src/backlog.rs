use std::collections::{BTreeMap, VecDeque};

use crate::{SendOptions, batch::Segment, waiting::Waiting};

/// What has to leave before the tail of a queue, in order.
///
/// Who gives way leaves a gap, so that the places of the others stay what they are: a message is found
/// by its key, and dropped, without a walk through all that wait. Gaps are closed when they are more
/// than a quarter.
#[derive(Debug, Default)]
pub(crate) struct Backlog {
    /// Frames of a message that has begun to leave: nothing overtakes them.
    leaving: VecDeque<Item>,
    /// The first is no gap.
    items: VecDeque<Item>,
    /// What all of them count in the queue.
    len: usize,
    /// How many items were before the first one.
    passed: u64,
    gaps: usize,
    /// How many of the first items have nothing that may be dropped.
    settled: usize,
    /// What all that may be dropped counts.
    droppable: usize,
    /// Where messages with a key are, counted from the first item that there ever was.
    places: BTreeMap<u64, u64>,
}

#[derive(Debug)]
pub(crate) enum Item {
    /// Whole frames.
    Frames(Segment),
    /// Those that stood in the tail when a message that may give way came behind them.
    Cut(Vec<u8>),
    /// `None` when it has given way.
    Waiting(Option<Waiting>),
}

impl Item {
    /// What it counts in the queue.
    pub(crate) fn cost(&self) -> usize {
        match self {
            Item::Frames(segment) => segment.len(),
            Item::Cut(head) => head.len() + SendOptions::CHARGE,
            Item::Waiting(waiting) => waiting.as_ref().map_or(0, Waiting::cost),
        }
    }

    fn slot(&mut self) -> Option<&mut Option<Waiting>> {
        match self {
            Item::Waiting(slot) => Some(slot),
            Item::Frames(_) | Item::Cut(_) => None,
        }
    }

    fn is_gap(&self) -> bool {
        matches!(self, Item::Waiting(None))
    }

    fn waiting(&self) -> Option<&Waiting> {
        match self {
            Item::Waiting(waiting) => waiting.as_ref(),
            Item::Frames(_) | Item::Cut(_) => None,
        }
    }

    fn key(&self) -> Option<u64> {
        self.waiting()?.key
    }
}

/// What comes and goes in order.
impl Backlog {
    /// What all count in the queue.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.leaving.is_empty() && self.items.is_empty()
    }

    pub(crate) fn push(&mut self, item: Item) {
        self.len += item.cost();
        self.items.push_back(item);
    }

    pub(crate) fn push_waiting(&mut self, waiting: Waiting) {
        if let Some(key) = waiting.key {
            self.places
                .insert(key, self.passed + self.items.len() as u64);
        }
        if waiting.is_droppable {
            self.droppable += waiting.cost();
        }
        self.push(Item::Waiting(Some(waiting)));
    }

    /// Frames of the message that was taken last, to leave before all others.
    pub(crate) fn begin(&mut self, frames: Backlog) {
        self.leaving = frames.items;
        self.len += frames.len;
    }

    /// The next item if it is wanted.
    pub(crate) fn pop_if(&mut self, wanted: impl FnOnce(&Item) -> bool) -> Option<Item> {
        if !self.leaving.is_empty() {
            let item = self.leaving.pop_front_if(|item| wanted(item))?;
            self.len -= item.cost();
            return Some(item);
        }
        let item = self.items.pop_front_if(|item| wanted(item))?;
        self.len -= item.cost();
        self.note_passed();
        if let Item::Waiting(Some(waiting)) = &item {
            self.forget(waiting);
        }
        self.close_gaps();
        Some(item)
    }

    fn note_passed(&mut self) {
        self.passed += 1;
        self.settled = self.settled.saturating_sub(1);
    }

    fn forget(&mut self, waiting: &Waiting) {
        if let Some(key) = waiting.key {
            self.places.remove(&key);
        }
        if waiting.is_droppable {
            self.droppable -= waiting.cost();
        }
    }
}

/// What gives way.
impl Backlog {
    /// What all that may be dropped counts in the queue.
    pub(crate) fn droppable(&self) -> usize {
        self.droppable
    }

    /// The message that waits with this key.
    pub(crate) fn waiting(&self, key: u64) -> Option<&Waiting> {
        self.items.get(self.place(key)?)?.waiting()
    }

    fn place(&self, key: u64) -> Option<usize> {
        Some((self.places.get(&key)? - self.passed) as usize)
    }

    /// Puts a message in the place of the one with its key, which comes back.
    ///
    /// # Errors
    ///
    /// The message when there is none.
    pub(crate) fn replace(&mut self, new: Waiting) -> Result<Waiting, Waiting> {
        let place = new.key.and_then(|key| self.place(key));
        let slot = place.and_then(|place| self.items.get_mut(place)?.slot()?.as_mut());
        let (Some(place), Some(slot)) = (place, slot) else {
            return Err(new);
        };
        self.len += new.cost();
        if new.is_droppable {
            self.droppable += new.cost();
            self.settled = self.settled.min(place);
        }
        let old = std::mem::replace(slot, new);
        self.len -= old.cost();
        if old.is_droppable {
            self.droppable -= old.cost();
        }
        Ok(old)
    }

    /// Drops the oldest message that may be.
    pub(crate) fn drop_oldest(&mut self) -> Option<Waiting> {
        let rest = self.items.iter_mut().skip(self.settled);
        let mut found = rest.enumerate().filter_map(|(at, item)| {
            let waiting = item.slot()?.take_if(|waiting| waiting.is_droppable)?;
            Some((at, waiting))
        });
        let (at, waiting) = found.next()?;
        self.settled += at + 1;
        self.gaps += 1;
        self.len -= waiting.cost();
        self.forget(&waiting);
        self.close_gaps();
        Some(waiting)
    }

    fn close_gaps(&mut self) {
        while self.items.pop_front_if(|item| item.is_gap()).is_some() {
            self.note_passed();
            self.gaps -= 1;
        }
        if self.gaps * 4 > self.items.len() {
            self.items.retain(|item| !item.is_gap());
            self.gaps = 0;
            self.settled = 0;
            let keys = self.items.iter().map(Item::key).zip(self.passed..);
            self.places = keys.filter_map(|(key, at)| Some((key?, at))).collect();
        }
    }
}
