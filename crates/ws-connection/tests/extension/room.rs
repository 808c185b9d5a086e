use std::sync::{Arc, Mutex};

use ws_connection::{Config, Decoded, Decoder, Encoder, Extension, ProtocolError, Receiver};
use ws_frame::Rsv;

/// Each digit fills the room that there is; everything else stands for nothing.
#[derive(Clone, Debug, Default)]
struct Filler {
    rooms: Arc<Mutex<Vec<usize>>>,
}

impl Extension for Filler {
    fn rsv(&self) -> Rsv {
        Rsv::RSV2
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        Box::new(self.clone())
    }

    fn encoder(&self) -> Box<dyn Encoder> {
        unreachable!("it only receives")
    }
}

impl Decoder for Filler {
    fn decode(&mut self, piece: &[u8], output: &mut Decoded<'_>) -> Result<(), ProtocolError> {
        for _ in piece.iter().filter(|byte| byte.is_ascii_digit()) {
            let mut rooms = self.rooms.lock().expect("no panic");
            output.fill(|room| {
                rooms.push(room.len());
                Ok(room.len())
            })?;
        }
        Ok(())
    }

    fn finish(&mut self, piece: &[u8], output: &mut Decoded<'_>) -> Result<(), ProtocolError> {
        self.decode(piece, output)
    }
}

impl Filler {
    /// In units of a KiB.
    fn rooms(&self) -> Vec<usize> {
        let rooms = std::mem::take(&mut *self.rooms.lock().expect("no panic"));
        rooms.iter().map(|room| room / 1024).collect()
    }
}

/// It is cleared before it is offered: a message in fragments of one byte must not cost the largest room for each.
#[test]
fn the_room_for_a_piece_follows_its_length_and_what_comes_of_it() {
    let filler = Filler::default();
    let mut receiver = Receiver::client(Config::default()).with_extension(&filler);
    let mut told = |mut bytes: Vec<u8>| {
        let told = receiver.receive(&mut &mut bytes[..]).expect("legal");
        (told.is_some(), filler.rooms())
    };
    let rooms = vec![1, 2, 4, 8, 16, 32, 64, 64];
    assert_eq!(told(b"\x22\x0812345678".to_vec()), (false, rooms));
    assert_eq!(told(b"\x00\x011".to_vec()), (false, vec![1]));
    let long = [&b"\x00\x7e\x20\x0012"[..], &[b'.'; 8190]].concat();
    assert_eq!(told(long), (false, vec![16, 32]));
    assert_eq!(told(b"\x80\x0212".to_vec()), (true, vec![1, 2]));
}

#[test]
fn the_buffer_doubles_but_not_beyond_the_limit() {
    const LIMIT: usize = 90_000;
    let config = Config::default().with_max_message(LIMIT);
    let mut receiver = Receiver::client(config).with_extension(&Filler::default());
    let mut bytes = b"\x22\x071234567".to_vec();
    let held = allocation_counter::measure(|| {
        assert!(
            receiver
                .receive(&mut &mut bytes[..])
                .expect("legal")
                .is_none()
        );
    });
    assert!(held.bytes_current >= LIMIT as i64, "{held:?}");
    assert!(held.bytes_current <= LIMIT as i64 + 512, "{held:?}");
}
