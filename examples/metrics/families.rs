use ws_server::{Kinds, Snapshot};

use crate::exposition::{
    Exposition,
    Kind::{Counter, Gauge},
};

/// All numbers of a server, in the text form.
pub(crate) fn text(snapshot: &Snapshot) -> String {
    let mut text = Exposition::default();
    connections(&mut text, snapshot);
    handshakes(&mut text, snapshot);
    messages(&mut text, snapshot);
    control_frames(&mut text, snapshot);
    closes(&mut text, snapshot);
    queues(&mut text, snapshot);
    text.into_text()
}

fn connections(text: &mut Exposition, snapshot: &Snapshot) {
    let now = snapshot.connections;
    text.family("ws_connections", Gauge, "Connections that are there now.")
        .sample(&[("state", &"handshake")], now.handshake)
        .sample(&[("state", &"open")], now.open)
        .sample(&[("state", &"closing")], now.closing);
    let family = "ws_accepted_connections_total";
    text.family(family, Counter, "Connections that were accepted.")
        .value(snapshot.accepted);
    text.family("ws_accept_errors_total", Counter, "Errors of accepting.")
        .value(snapshot.accept_errors);
    let help = "Connections above a limit, by whether they were told so and which it was.";
    let family = text.family("ws_refused_connections_total", Counter, help);
    for (how, excesses) in [("told", snapshot.refused), ("dropped", snapshot.dropped)] {
        family
            .sample(&[("how", &how), ("limit", &"total")], excesses.by_total)
            .sample(&[("how", &how), ("limit", &"address")], excesses.by_address);
    }
    let help = "Connections that a shutdown did not wait for.";
    text.family("ws_cut_connections_total", Counter, help)
        .value(snapshot.cut);
}

fn handshakes(text: &mut Exposition, snapshot: &Snapshot) {
    let help = "Opening handshakes by the status that was answered.";
    let family = text.family("ws_handshakes_total", Counter, help);
    for (status, count) in &snapshot.handshakes {
        family.sample(&[("status", status)], *count);
    }
    let help = "Opening handshakes whose peers were gone before an answer.";
    text.family("ws_abandoned_handshakes_total", Counter, help)
        .value(snapshot.gone);
}

fn messages(text: &mut Exposition, snapshot: &Snapshot) {
    let ways = [("received", snapshot.received), ("sent", snapshot.sent)];
    let tallies =
        ways.map(|(way, Kinds { text, binary })| [(way, "text", text), (way, "binary", binary)]);
    let help = "Messages.";
    let family = text.family("ws_messages_total", Counter, help);
    for (way, kind, tally) in tallies.iter().flatten() {
        family.sample(&[("direction", way), ("kind", kind)], tally.messages);
    }
    let help = "Bytes of messages, before they are compressed.";
    let family = text.family("ws_message_bytes_total", Counter, help);
    for (way, kind, tally) in tallies.iter().flatten() {
        family.sample(&[("direction", way), ("kind", kind)], tally.bytes);
    }
    let dropped = snapshot.dropped_messages;
    let help = "Messages that were sent in vain.";
    text.family("ws_dropped_messages_total", Counter, help)
        .sample(&[("which", &"newest")], dropped.newest.messages)
        .sample(&[("which", &"oldest")], dropped.oldest.messages)
        .sample(&[("which", &"conflated")], dropped.conflated.messages);
    let ways = [
        ("received", snapshot.received_compressed),
        ("sent", snapshot.sent_compressed),
    ];
    let help =
        "Bytes of messages that travelled compressed, in their own form and as they travelled.";
    let family = text.family("ws_compressed_message_bytes_total", Counter, help);
    for (way, volume) in &ways {
        family
            .sample(&[("direction", way), ("form", &"plain")], volume.plain)
            .sample(
                &[("direction", way), ("form", &"deflated")],
                volume.deflated,
            );
    }
}

fn control_frames(text: &mut Exposition, snapshot: &Snapshot) {
    let ways = [
        ("received", snapshot.received_controls),
        ("sent", snapshot.sent_controls),
    ];
    let family = text.family("ws_control_frames_total", Counter, "Control frames.");
    for (way, controls) in &ways {
        family
            .sample(&[("direction", way), ("kind", &"ping")], controls.pings)
            .sample(&[("direction", way), ("kind", &"pong")], controls.pongs)
            .sample(&[("direction", way), ("kind", &"close")], controls.closes);
    }
    let help = "Pings of the keepalive.";
    text.family("ws_keepalive_pings_total", Counter, help)
        .value(snapshot.keepalive_pings);
}

fn closes(text: &mut Exposition, snapshot: &Snapshot) {
    let help = "Connections that ended, by status code.";
    let family = text.family("ws_closes_total", Counter, help);
    for (code, count) in &snapshot.closes {
        family.sample(&[("code", code)], *count);
    }
    let causes = snapshot.causes;
    let help = "Connections that ended, by why they did.";
    text.family("ws_endings_total", Counter, help)
        .sample(&[("cause", &"peer")], causes.peer)
        .sample(&[("cause", &"us")], causes.us)
        .sample(&[("cause", &"shutdown")], causes.shutdown)
        .sample(&[("cause", &"abort")], causes.abort)
        .sample(&[("cause", &"protocol")], causes.protocol)
        .sample(&[("cause", &"write_queue")], causes.write_queue)
        .sample(&[("cause", &"lifetime")], causes.lifetime)
        .sample(&[("cause", &"transport")], causes.transport)
        .sample(&[("cause", &"panic")], causes.panic)
        .sample(&[("cause", &"silence")], causes.silence)
        .sample(&[("cause", &"write_timeout")], causes.write)
        .sample(&[("cause", &"close_timeout")], causes.close)
        .sample(&[("cause", &"callback_timeout")], causes.callback)
        .sample(&[("cause", &"other")], causes.other);
    let help = "Panics of the application.";
    text.family("ws_panics_total", Counter, help)
        .value(snapshot.panics);
}

fn queues(text: &mut Exposition, snapshot: &Snapshot) {
    let help = "How often a write queue was found at its high-water mark.";
    text.family("ws_congestions_total", Counter, help)
        .value(snapshot.congestions);
    let help =
        "How often a connection was not read from, as it had brought all that it may at once.";
    text.family("ws_rate_pauses_total", Counter, help)
        .value(snapshot.rate_pauses);
    let help = "The most bytes that have waited to be written to one peer.";
    text.family("ws_write_queue_peak_bytes", Gauge, help)
        .value(snapshot.most_queued);
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// A sample's name, its labels, its value.
    fn parse(line: &str) -> (&str, &str, u64) {
        let (series, value) = line.rsplit_once(' ').expect("a value");
        let (name, labels) = match series.split_once('{') {
            Some((name, labels)) => (name, labels.strip_suffix('}').expect("an end")),
            None => (series, ""),
        };
        (name, labels, value.parse().expect("a number"))
    }

    fn snapshot() -> Snapshot {
        let mut snapshot = Snapshot::default();
        snapshot.handshakes.extend([(101, 5), (404, 1)]);
        snapshot.closes.extend([(1000, 3), (1006, 1)]);
        snapshot.received.text.messages = 7;
        snapshot.received.text.bytes = 70;
        snapshot.connections.open = 1;
        snapshot.dropped.by_address = 2;
        snapshot.causes.lifetime = 4;
        snapshot.rate_pauses = 6;
        snapshot
    }

    #[test]
    fn each_line_parses_and_no_series_is_there_twice() {
        let text = text(&snapshot());
        assert!(text.ends_with('\n'));
        let (mut families, mut series) = (HashSet::new(), HashSet::new());
        let mut family = "";
        for line in text.lines() {
            if let Some(help) = line.strip_prefix("# HELP ") {
                family = help.split_once(' ').expect("a text").0;
                assert!(families.insert(family), "{family} is there twice");
            } else if let Some(kind) = line.strip_prefix("# TYPE ") {
                let (name, kind) = kind.split_once(' ').expect("a type");
                assert_eq!(name, family);
                assert_eq!(kind == "counter", name.ends_with("_total"), "{line}");
                assert!(["counter", "gauge"].contains(&kind), "{line}");
            } else {
                let (name, labels, _) = parse(line);
                assert_eq!(name, family);
                assert!(series.insert((name, labels)), "{line} is there twice");
                let legal = |char: char| char.is_ascii_lowercase() || char == '_';
                assert!(name.starts_with("ws_") && name.chars().all(legal), "{name}");
                for label in labels.split(',').filter(|label| !label.is_empty()) {
                    let (name, value) = label.split_once('=').expect("a value");
                    assert!(name.chars().all(legal), "{line}");
                    assert!(value.len() > 2 && value.starts_with('"') && value.ends_with('"'));
                }
            }
        }
        assert_eq!(families.len(), 19);
    }

    #[test]
    fn the_numbers_are_those_of_the_server() {
        let text = text(&snapshot());
        for line in [
            "ws_connections{state=\"open\"} 1",
            "ws_handshakes_total{status=\"101\"} 5",
            "ws_messages_total{direction=\"received\",kind=\"text\"} 7",
            "ws_message_bytes_total{direction=\"received\",kind=\"text\"} 70",
            "ws_closes_total{code=\"1006\"} 1",
            "ws_refused_connections_total{how=\"dropped\",limit=\"address\"} 2",
            "ws_endings_total{cause=\"lifetime\"} 4",
            "ws_rate_pauses_total 6",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
    }
}
