//! A sender against a list of messages, through any sends and writes.

use bytes::Buf;
use proptest::{collection::vec, prelude::*};
use ws_connection::{Config, Overflow, Queued, SendError, SendOptions};

use crate::outbox::Outbox;

const FRAGMENT: usize = 200;
const LIMIT: usize = 2_000;

#[derive(Clone, Copy, Debug)]
enum Op {
    Send(usize, SendOptions),
    /// Takes a batch, and writes so much of what there is.
    Write(usize),
}

fn ops() -> impl Strategy<Value = Op> {
    let overflow = prop_oneof![
        2 => Just(None),
        1 => Just(Some(Overflow::DropNewest)),
        3 => Just(Some(Overflow::DropOldest)),
    ];
    let key = prop_oneof![1 => Just(None), 1 => (0..4_u64).prop_map(Some)];
    let len = prop_oneof![6 => 4..30_usize, 1 => 4..1_000_usize];
    let send = (len, overflow, key).prop_map(|(len, overflow, key)| {
        let mut options = SendOptions::default();
        if let Some(overflow) = overflow {
            options = options.with_overflow(overflow);
        }
        if let Some(key) = key {
            options = options.with_key(key);
        }
        Op::Send(len, options)
    });
    prop_oneof![8 => send, 1 => (0..3_000_usize).prop_map(Op::Write)]
}

/// A message that has not begun to leave.
#[derive(Clone, Debug)]
struct Entry {
    payload: Vec<u8>,
    options: SendOptions,
}

impl Entry {
    fn is_droppable(&self) -> bool {
        self.options.overflow() == Some(Overflow::DropOldest)
    }

    fn is_apart(&self) -> bool {
        self.is_droppable() || self.options.key().is_some()
    }

    fn frames(&self) -> usize {
        self.payload
            .chunks(FRAGMENT)
            .map(|chunk| chunk.len() + if chunk.len() < 126 { 2 } else { 4 })
            .sum()
    }
}

/// The list, and what is taken out of it into batches of any size.
#[derive(Default)]
struct Model {
    waiting: Vec<Entry>,
    /// Bytes that are on their way.
    in_flight: usize,
    left: Vec<Vec<u8>>,
    dropped: [u64; 3],
}

impl Model {
    /// Ordinary frames that stand together count a charge when something apart stands behind them.
    fn queued(&self) -> usize {
        let mut sum = self.in_flight;
        let mut run = false;
        for entry in &self.waiting {
            if entry.is_apart() {
                sum += entry.payload.len() + SendOptions::CHARGE;
                sum += if run { SendOptions::CHARGE } else { 0 };
                run = false;
            } else {
                sum += entry.frames();
                run = true;
            }
        }
        sum
    }

    fn send(&mut self, payload: Vec<u8>, options: SendOptions, queued: usize) -> Option<Queued> {
        let new = Entry { payload, options };
        let cost = new.payload.len() + SendOptions::CHARGE;
        let place = |list: &[Entry]| {
            let same =
                |entry: &Entry| options.key().is_some() && entry.options.key() == options.key();
            list.iter().position(same)
        };
        let cost_at = |list: &[Entry], at: Option<usize>| {
            at.map_or(0, |at| list[at].payload.len() + SendOptions::CHARGE)
        };
        let mut queued = queued;
        let droppable: usize = self
            .waiting
            .iter()
            .filter(|entry| entry.is_droppable())
            .map(|entry| entry.payload.len() + SendOptions::CHARGE)
            .sum();
        let room = |list: &[Entry], queued: usize| {
            let old = cost_at(list, place(list));
            queued - old < LIMIT || (options.key().is_some() && cost <= old)
        };
        let oldest = new.is_droppable() && queued - droppable < LIMIT;
        if !room(&self.waiting, queued) && !oldest {
            self.dropped[0] += 1;
            return None;
        }
        let mut messages = 0;
        while !room(&self.waiting, queued) {
            let at = self.waiting.iter().position(Entry::is_droppable)?;
            queued -= self.waiting.remove(at).payload.len() + SendOptions::CHARGE;
            messages += 1;
        }
        self.dropped[1] += messages as u64;
        let replaced = place(&self.waiting);
        match replaced {
            Some(at) => {
                self.waiting[at] = new;
                self.dropped[2] += 1;
            }
            None => self.waiting.push(new),
        }
        Some(match (messages, replaced) {
            (0, None) => Queued::Last,
            (0, Some(_)) => Queued::Replaced,
            (messages, replaced) => Queued::Displaced {
                messages: messages + usize::from(replaced.is_some()),
            },
        })
    }
}

/// What a peer makes of it.
fn messages(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut messages: Vec<Vec<u8>> = Vec::new();
    let mut decoder = ws_testing::naive::Decoder::default();
    for frame in decoder.push_all(bytes).expect("legal frames") {
        match frame.opcode {
            0 => messages.last_mut().expect("begun").extend(&frame.payload),
            _ => messages.push(frame.payload.to_vec()),
        }
    }
    messages
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// The batch is larger than the limit here, so that a batch takes all that waits.
    #[test]
    fn a_sender_does_what_a_list_of_messages_does(ops in vec(ops(), 1..150)) {
        let config = Config::default()
            .with_fragment_size(FRAGMENT)
            .with_high_water(500)
            .with_max_queue(LIMIT);
        let mut outbox = Outbox::server(config);
        let mut model = Model::default();
        let mut got = Vec::new();
        for (number, op) in ops.into_iter().enumerate() {
            match op {
                Op::Send(len, options) => {
                    let mut payload = (number as u32).to_be_bytes().to_vec();
                    payload.resize(len, 7);
                    // Cuts that lost what they were cut for keep their charge, so the model may count less.
                    let queued = outbox.sender.queued();
                    prop_assert!(queued >= model.queued(), "{queued} {}", model.queued());
                    let expected = model.send(payload.clone(), options, queued);
                    match (outbox.sender.send_with(&payload[..], options), expected) {
                        (Ok(queued), Some(expected)) => prop_assert_eq!(queued, expected),
                        (Err(SendError::Full(_)), None) => {}
                        (got, expected) => prop_assert!(false, "{:?} {:?}", got, expected),
                    }
                }
                Op::Write(len) => {
                    let is_new = !outbox.batch.has_remaining();
                    let there = outbox.transmit();
                    if is_new {
                        model.left.extend(model.waiting.drain(..).map(|entry| entry.payload));
                    }
                    let len = len.min(there);
                    got.extend_from_slice(&outbox.batch.copy_to_bytes(len));
                    model.in_flight = there - len;
                    // What is written is noticed.
                    outbox.transmit();
                    if model.in_flight == 0 {
                        model.left.extend(model.waiting.drain(..).map(|entry| entry.payload));
                        model.in_flight = outbox.batch.remaining();
                    }
                }
            }
            let dropped = outbox.sender.dropped();
            let dropped = [dropped.newest, dropped.oldest, dropped.conflated];
            prop_assert_eq!(dropped.map(|tally| tally.messages), model.dropped);
        }
        got.extend(outbox.write_bytes());
        model.left.extend(model.waiting.drain(..).map(|entry| entry.payload));
        prop_assert_eq!(messages(&got), model.left);
        prop_assert_eq!(outbox.sender.queued(), 0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// Long messages, of which a batch takes a part: what was not dropped arrives whole and once, and but for
    /// those with a key in its order.
    #[test]
    fn where_a_batch_takes_a_part_nothing_is_lost_doubled_or_overtaken(
        ops in vec((0..6_u8, 4..300_000_usize, 0..400_000_usize), 1..80),
        is_client in any::<bool>(),
    ) {
        let config = Config::default()
            .with_fragment_size(100_000)
            .with_max_queue(1 << 20);
        let mut outbox = match is_client {
            true => Outbox::client(config),
            false => Outbox::server(config),
        };
        let mut got = Vec::new();
        let mut sent = 0;
        for (number, (kind, len, written)) in ops.into_iter().enumerate() {
            let oldest = SendOptions::default().with_overflow(Overflow::DropOldest);
            let options = match kind {
                0 => SendOptions::default(),
                1 => SendOptions::default().with_key(number as u64 % 3),
                2 => oldest.with_key(3 + number as u64 % 3),
                _ => oldest,
            };
            let mut payload = (number as u32).to_be_bytes().to_vec();
            payload.push(options.key().is_some().into());
            payload.resize(8 + len / [1, 1_000][number % 2], number as u8);
            sent += u64::from(outbox.sender.send_with(payload, options).is_ok());
            if kind != 5 {
                continue;
            }
            let there = outbox.transmit();
            got.extend_from_slice(&outbox.batch.copy_to_bytes(written.min(there)));
            outbox.transmit();
        }
        got.extend(outbox.write_bytes());
        prop_assert_eq!(outbox.sender.queued(), 0);
        let messages = messages(&got);
        let dropped = outbox.sender.dropped();
        let lost = dropped.oldest.messages + dropped.conflated.messages;
        prop_assert_eq!(messages.len() as u64, sent - lost);
        let mut numbers = Vec::new();
        for message in &messages {
            prop_assert!(message[5..].iter().all(|byte| *byte == message[3]));
            let number = u32::from_be_bytes(message[..4].try_into().expect("four"));
            numbers.push((number, message[4] > 0));
        }
        let unkeyed = numbers.iter().filter(|(_, is_keyed)| !is_keyed);
        prop_assert!(unkeyed.is_sorted());
        numbers.sort_unstable();
        prop_assert!(numbers.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
