use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use ws_server::{Handle, Prepared};

use crate::{name::Name, protocol::ToPage, text::Text};

/// Who is there. All visitors share one room.
///
/// It stays locked while all are told something, so that all are told everything in the same
/// order. Sending through a [`Handle`] only queues: nobody is waited for.
#[derive(Debug, Default)]
pub(crate) struct Room {
    people: Mutex<People>,
}

#[derive(Debug, Default)]
struct People(HashMap<Handle, Name>);

impl Room {
    /// Lets somebody in, with a number behind the name when it is taken.
    pub(crate) fn enter(&self, handle: &Handle, wanted: &Name) {
        self.lock().add(handle, wanted);
    }

    /// Tells all what somebody says. Who is not in the room is not heard.
    pub(crate) fn say(&self, handle: &Handle, text: &Text) {
        let people = self.lock();
        if let Some(name) = people.0.get(handle) {
            people.tell_all(ToPage::Said { name, text });
        }
    }

    /// Does nothing when the person is not in the room, or no longer.
    pub(crate) fn leave(&self, handle: &Handle) {
        let mut people = self.lock();
        if let Some(name) = people.0.remove(handle) {
            people.tell_all(ToPage::Left { name: &name });
        }
    }

    fn lock(&self) -> MutexGuard<'_, People> {
        self.people.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl People {
    fn add(&mut self, handle: &Handle, wanted: &Name) {
        let name = self.free_name(wanted);
        self.tell_all(ToPage::Joined { name: &name });
        self.0.insert(handle.clone(), name.clone());
        let people = self.0.values().collect();
        // Who cannot be welcomed is closing already, or too slow for what comes next.
        let _ = handle.send(ToPage::Welcome {
            name: &name,
            people,
        });
    }

    fn free_name(&self, wanted: &Name) -> Name {
        let taken: HashSet<String> = self.0.values().map(Name::key).collect();
        let mut name = wanted.clone();
        let mut number = 1;
        while taken.contains(&name.key()) {
            number += 1;
            name = wanted.numbered(number);
        }
        name
    }

    /// Who does not read what was sent long ago is closed by the server: waiting would make the others
    /// wait, and leaving messages out would leave holes in what is read later. It leaves when its
    /// connection has ended.
    ///
    /// The news is compressed once, whatever each has agreed on, and not once for each.
    fn tell_all(&self, news: ToPage<'_>) {
        let message = Prepared::new(news);
        for handle in self.0.keys() {
            // Who is closing misses it.
            let _ = handle.send_prepared(&message);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use ws_server::{CloseCode, Deflate, Takeover};

    use super::*;
    use crate::listener::{Heard, Listener};

    fn name(name: &str) -> Name {
        Name::try_from(name.to_owned()).expect("a name")
    }

    fn text(text: &str) -> Text {
        Text::try_from(text.to_owned()).expect("a text")
    }

    fn heard(listener: &mut Listener) -> Vec<serde_json::Value> {
        let all = listener.hear().into_iter().map(|heard| match heard {
            Heard::Json(json) => json,
            Heard::Closed(code) => panic!("closed with {code:?}"),
        });
        all.collect()
    }

    #[test]
    fn all_hear_what_one_says() {
        let room = Room::default();
        let (mut ann, mut bob) = (Listener::new(), Listener::new());
        room.enter(&ann.handle(), &name("Ann"));
        room.enter(&bob.handle(), &name("Bob"));
        room.say(&ann.handle(), &text("good morning"));
        room.leave(&bob.handle());

        let said = json!({"type": "said", "name": "Ann", "text": "good morning"});
        assert_eq!(
            heard(&mut ann),
            [
                json!({"type": "welcome", "name": "Ann", "people": ["Ann"]}),
                json!({"type": "joined", "name": "Bob"}),
                said.clone(),
                json!({"type": "left", "name": "Bob"}),
            ]
        );
        assert_eq!(heard(&mut bob)[1..], [said]);
    }

    #[test]
    fn what_is_said_is_compressed_once_for_all_who_agreed_on_it() {
        let keeps_windows = Deflate::default()
            .with_takeover(Takeover::On)
            .with_peer_takeover(Takeover::On);
        let room = Room::default();
        let mut listeners = [
            Listener::new(),
            Listener::with_deflate(Deflate::default()),
            Listener::with_deflate(keeps_windows),
        ];
        for (listener, wanted) in listeners.iter().zip(["Ann", "Bob", "Eve"]) {
            room.enter(&listener.handle(), &name(wanted));
        }
        for listener in &mut listeners {
            heard(listener);
        }
        let long = ["good morning"; 50].join(", ");
        // The second repeats the first, and yet nobody needs a window to read it.
        for _ in 0..2 {
            room.say(&listeners[0].handle(), &text(&long));
        }
        let said = json!({"type": "said", "name": "Ann", "text": long});
        let [plain, forgotten, kept] = listeners.map(|mut listener| {
            let bytes = listener.read();
            let heard = listener.understand(bytes.clone());
            assert_eq!(heard, [said.clone(), said.clone()].map(Heard::Json));
            bytes
        });
        assert_eq!(forgotten, kept);
        assert!(plain.len() > 1200 && kept.len() < 200);
    }

    #[test]
    fn who_comes_is_told_who_is_there() {
        let room = Room::default();
        let (ann, mut bob) = (Listener::new(), Listener::new());
        room.enter(&ann.handle(), &name("Ann"));
        room.enter(&bob.handle(), &name("Bob"));

        let welcome = heard(&mut bob).remove(0);
        let people = welcome["people"].as_array().expect("a list");
        assert_eq!(people.len(), 2);
        assert!(people.contains(&json!("Ann")) && people.contains(&json!("Bob")));
    }

    #[test]
    fn a_taken_name_gets_a_number() {
        let room = Room::default();
        let mut names = Vec::new();
        let mut listeners: Vec<_> = (0..3).map(|_| Listener::new()).collect();
        for (listener, wanted) in listeners.iter_mut().zip(["Ann", "ANN", "Ann"]) {
            room.enter(&listener.handle(), &name(wanted));
            names.push(heard(listener).remove(0)["name"].clone());
        }
        assert_eq!(names, ["Ann", "ANN 2", "Ann 3"]);

        room.leave(&listeners[1].handle());
        let mut next = Listener::new();
        room.enter(&next.handle(), &name("Ann"));
        assert_eq!(heard(&mut next)[0]["name"], "Ann 2");
    }

    #[test]
    fn nobody_leaves_twice_or_without_having_entered() {
        let room = Room::default();
        let (mut ann, bob, eve) = (Listener::new(), Listener::new(), Listener::new());
        room.enter(&ann.handle(), &name("Ann"));
        room.enter(&bob.handle(), &name("Bob"));
        room.leave(&eve.handle());
        room.leave(&bob.handle());
        room.leave(&bob.handle());

        let left = |json: &serde_json::Value| json["type"] == "left";
        assert_eq!(heard(&mut ann).iter().filter(|json| left(json)).count(), 1);
    }

    #[test]
    fn who_is_not_in_the_room_is_not_heard() {
        let room = Room::default();
        let (mut ann, eve) = (Listener::new(), Listener::new());
        room.enter(&ann.handle(), &name("Ann"));
        room.say(&eve.handle(), &text("hello?"));
        assert_eq!(heard(&mut ann).len(), 1);
    }

    #[test]
    fn a_slow_reader_is_dropped_and_the_others_miss_nothing() {
        let room = Room::default();
        let (mut ann, mut bob) = (Listener::new(), Listener::new());
        let mut slow = Listener::with_max_queue(1_000);
        room.enter(&ann.handle(), &name("Ann"));
        room.enter(&slow.handle(), &name("Slow"));
        room.enter(&bob.handle(), &name("Bob"));
        for number in 0..100 {
            room.say(&ann.handle(), &text(&number.to_string()));
        }
        assert!(!slow.handle().is_open());
        // As its `on_close` does.
        room.leave(&slow.handle());

        for listener in [&mut ann, &mut bob] {
            let heard = heard(listener);
            let said = heard.iter().filter(|json| json["type"] == "said");
            let texts: Vec<_> = said.map(|json| json["text"].clone()).collect();
            let all: Vec<_> = (0..100).map(|number| number.to_string()).collect();
            assert_eq!(texts, all);
            let left: Vec<_> = heard.iter().filter(|json| json["type"] == "left").collect();
            assert_eq!(left, [&json!({"type": "left", "name": "Slow"})]);
        }
        let close = Heard::Closed(CloseCode::POLICY_VIOLATION);
        assert_eq!(slow.hear().last(), Some(&close));
    }

    #[test]
    fn a_connection_that_is_closing_hurts_nobody() {
        let room = Room::default();
        let (mut ann, bob) = (Listener::new(), Listener::new());
        room.enter(&ann.handle(), &name("Ann"));
        room.enter(&bob.handle(), &name("Bob"));
        bob.handle().close(CloseCode::GOING_AWAY);
        room.say(&ann.handle(), &text("still there?"));
        assert_eq!(heard(&mut ann).len(), 3);
    }
}
