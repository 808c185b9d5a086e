use std::sync::{Arc, Mutex};

use ws_connection::{Config, Decoded, Decoder, Encoder, Extension, ProtocolError, Receiver};
use ws_frame::Rsv;

/// Each digit wants room for so many times 9 KiB and fills it.
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
        for byte in piece {
            let wanted = usize::from(byte - b'0') * (9 << 10);
            let mut rooms = self.rooms.lock().expect("no panic");
            output.fill(wanted, |room| {
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

#[test]
fn there_is_the_room_that_is_wanted_up_to_64_kib_and_the_limit() {
    let filler = Filler::default();
    let config = Config::default().with_max_message(200 << 10);
    let mut receiver = Receiver::client(config).with_extension(&filler);
    let mut told = |bytes: &[u8]| {
        let mut bytes = bytes.to_vec();
        let told = receiver.receive(&mut &mut bytes[..]).expect("legal");
        (told.is_some(), filler.rooms())
    };
    assert_eq!(told(b"\x22\x041278"), (false, vec![9, 18, 63, 64]));
    assert_eq!(told(b"\x80\x016"), (true, vec![46]));
}

#[test]
fn the_buffer_doubles_but_not_beyond_the_limit() {
    const LIMIT: usize = 90_000;
    let config = Config::default().with_max_message(LIMIT);
    let mut receiver = Receiver::client(config).with_extension(&Filler::default());
    let mut bytes = b"\x22\x041234".to_vec();
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
