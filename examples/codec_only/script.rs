//! What the client says.

use std::io::{self, Write};

use rand::{
    Rng, SeedableRng,
    rngs::{StdRng, SysRng},
};
use ws_frame::{CloseCode, CloseFrame, Frame, MaskingKey, Opcode};

/// Writes the client's frames, each masked with a key of its own (RFC 6455 5.3).
pub(crate) fn write(mut to: impl Write) -> io::Result<()> {
    let mut random = StdRng::try_from_rng(&mut SysRng).map_err(io::Error::other)?;
    let legal = io::Error::other;
    let bye = CloseFrame::from_static(CloseCode::NORMAL, "bye").to_payload();
    let frames = [
        Frame::text("Hello"),
        // A message in two fragments, cut inside a character, with a ping between them.
        Frame::fragment(Opcode::Text, b"caf\xC3").map_err(legal)?,
        Frame::ping(b"there?").map_err(legal)?,
        Frame::continuation(b"\xA9"),
        // Long enough for a length of 16 bits.
        Frame::binary(&[0xFF; 130]),
        Frame::close(&bye),
    ];
    let mut bytes = Vec::new();
    for frame in frames {
        let mut key = [0; 4];
        random.fill_bytes(&mut key);
        frame
            .with_masking_key(MaskingKey::new(key))
            .encode(&mut bytes);
        to.write_all(&bytes)?;
        bytes.clear();
    }
    Ok(())
}
