use std::{
    mem,
    task::{Context, Waker},
    time::Instant,
};

use slab::Slab;

/// The tasks of connections that are not open yet, in the order in which they came. All of them have
/// the same time, so the first is the first whose time is up: none needs a timer of its own.
#[derive(Debug)]
pub(crate) struct Openings {
    entries: Slab<Entry>,
    first: usize,
    last: usize,
}

#[derive(Debug)]
struct Entry {
    waker: Waker,
    /// `None` when it is not in the order: it has no deadline, or that has come.
    deadline: Option<Instant>,
    before: usize,
    behind: usize,
}

/// Before the first, and behind the last.
const NONE: usize = usize::MAX;

impl Default for Openings {
    fn default() -> Self {
        Self {
            entries: Slab::new(),
            first: NONE,
            last: NONE,
        }
    }
}

impl Openings {
    /// Adds the last one. Its deadline is not before that of any other.
    pub(crate) fn push(&mut self, cx: &Context<'_>, deadline: Option<Instant>) -> usize {
        let key = self.entries.insert(Entry {
            waker: cx.waker().clone(),
            deadline,
            before: NONE,
            behind: NONE,
        });
        if deadline.is_some() {
            self.entries[key].before = self.last;
            match self.entries.get_mut(self.last) {
                Some(last) => last.behind = key,
                None => self.first = key,
            }
            self.last = key;
        }
        key
    }

    /// From now on this task is woken. Returns the waker of another one; to be dropped outside a lock,
    /// like that of [`remove`](Self::remove).
    pub(crate) fn register(&mut self, key: usize, cx: &Context<'_>) -> Option<Waker> {
        let waker = &mut self.entries[key].waker;
        match waker.will_wake(cx.waker()) {
            true => None,
            false => Some(mem::replace(waker, cx.waker().clone())),
        }
    }

    /// Takes one out; to be dropped outside a lock, as the last waker of a task frees that.
    pub(crate) fn remove(&mut self, key: usize) -> Waker {
        self.unlink(key);
        self.entries.remove(key).waker
    }

    fn unlink(&mut self, key: usize) {
        let entry = &mut self.entries[key];
        if entry.deadline.take().is_none() {
            return;
        }
        let (before, behind) = (entry.before, entry.behind);
        match self.entries.get_mut(before) {
            Some(before) => before.behind = behind,
            None => self.first = behind,
        }
        match self.entries.get_mut(behind) {
            Some(behind) => behind.before = before,
            None => self.last = before,
        }
    }

    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        self.entries.get(self.first)?.deadline
    }

    /// Those whose time is up, once; to be woken outside a lock.
    pub(crate) fn due(&mut self, now: Instant) -> Vec<Waker> {
        let mut due = Vec::new();
        while self.next_deadline().is_some_and(|deadline| deadline <= now) {
            due.push(self.entries[self.first].waker.clone());
            self.unlink(self.first);
        }
        due
    }

    /// All of them; to be woken outside a lock.
    pub(crate) fn all(&self) -> Vec<Waker> {
        let entries = self.entries.iter();
        entries.map(|(_, entry)| entry.waker.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering::Relaxed},
        },
        task::Wake,
        time::Duration,
    };

    use super::*;

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Relaxed);
        }
    }

    /// A list, the time, and who was woken.
    struct Scene {
        openings: Openings,
        start: Instant,
        counts: Vec<Arc<Count>>,
        keys: Vec<usize>,
    }

    impl Scene {
        /// Each has its deadline a second behind the one before.
        fn with(count: u64) -> Self {
            let mut scene = Self {
                openings: Openings::default(),
                start: Instant::now(),
                counts: Vec::new(),
                keys: Vec::new(),
            };
            for second in 1..=count {
                let deadline = scene.second(second);
                scene.push(Some(deadline));
            }
            scene
        }

        fn second(&self, second: u64) -> Instant {
            self.start + Duration::from_secs(second)
        }

        fn push(&mut self, deadline: Option<Instant>) {
            let count = Arc::new(Count::default());
            let waker = Waker::from(count.clone());
            let key = self.openings.push(&Context::from_waker(&waker), deadline);
            self.counts.push(count);
            self.keys.push(key);
        }

        fn wake_due(&mut self, second: u64) {
            let now = self.second(second);
            self.openings.due(now).iter().for_each(Waker::wake_by_ref);
        }

        fn woken(&self) -> Vec<usize> {
            let counts = self.counts.iter();
            counts.map(|count| count.0.load(Relaxed)).collect()
        }
    }

    #[test]
    fn those_whose_time_is_up_are_woken_once_and_in_their_order() {
        let mut scene = Scene::with(4);
        scene.wake_due(0);
        assert_eq!(scene.woken(), [0, 0, 0, 0]);
        scene.wake_due(2);
        scene.wake_due(3);
        assert_eq!(scene.woken(), [1, 1, 1, 0]);
        assert_eq!(scene.openings.next_deadline(), Some(scene.second(4)));
    }

    #[test]
    fn the_order_holds_when_any_of_them_leave() {
        for leaving in 0..8_u32 {
            let mut scene = Scene::with(3);
            let stays = |at: usize| leaving >> at & 1 == 0;
            for at in (0..3).filter(|at| !stays(*at)) {
                let _ = scene.openings.remove(scene.keys[at]);
            }
            let next = (0..3).find(|at| stays(*at));
            let next = next.map(|at| scene.second(at as u64 + 1));
            assert_eq!(scene.openings.next_deadline(), next, "{leaving:b}");
            let last = scene.second(4);
            scene.push(Some(last));
            scene.wake_due(4);
            let woken = [stays(0), stays(1), stays(2), true].map(usize::from);
            assert_eq!(scene.woken(), woken, "{leaving:b}");
            assert_eq!(scene.openings.next_deadline(), None, "{leaving:b}");
        }
    }

    #[test]
    fn one_whose_time_was_up_can_still_leave() {
        let mut scene = Scene::with(2);
        scene.wake_due(1);
        let _ = scene.openings.remove(scene.keys[0]);
        assert_eq!(scene.openings.next_deadline(), Some(scene.second(2)));
        assert_eq!(scene.openings.all().len(), 1);
    }

    #[test]
    fn one_without_a_deadline_is_woken_with_all_only() {
        let mut scene = Scene::with(1);
        scene.push(None);
        scene.wake_due(100);
        assert_eq!(scene.woken(), [1, 0]);
        scene.openings.all().iter().for_each(Waker::wake_by_ref);
        assert_eq!(scene.woken(), [2, 1]);
    }

    #[test]
    fn the_task_that_was_registered_last_is_woken() {
        let mut scene = Scene::with(1);
        let other = Arc::new(Count::default());
        let waker = Waker::from(other.clone());
        let cx = Context::from_waker(&waker);
        let left = scene.openings.register(scene.keys[0], &cx);
        left.expect("the task before").wake();
        assert_eq!(scene.woken(), [1]);
        assert!(scene.openings.register(scene.keys[0], &cx).is_none());
        scene.wake_due(1);
        assert_eq!(scene.woken(), [1]);
        assert_eq!(other.0.load(Relaxed), 1);
    }
}
