//! What the frames mean together.

use std::io::{Read, Write};

use ws_frame::{CloseFrame, FrameHeader, Opcode, Utf8Validator};

use crate::{error::Error, frame_reader::FrameReader};

/// The message that is under way, over all its fragments.
#[derive(Debug)]
enum Message {
    /// Checked so far.
    Text(Utf8Validator),
    Binary,
}

/// Lists frames until a Close or the end: a line for each header and for each piece of a payload.
pub(crate) fn list(frames: &mut FrameReader<impl Read>, out: &mut impl Write) -> Result<(), Error> {
    let mut message = None;
    while let Some(header) = frames.header()? {
        writeln!(out, "{}", describe(&header))?;
        if header.opcode().is_control() {
            let payload = list_control(frames, out)?;
            if header.opcode() == Opcode::Close {
                match CloseFrame::decode(&payload)? {
                    Some(close) => writeln!(out, "    closed: {close}")?,
                    None => writeln!(out, "    closed without a status code")?,
                }
                return Ok(());
            }
        } else {
            begin(&mut message, header.opcode())?;
            list_data(frames, &mut message, out)?;
            if header.is_final() {
                finish(&message, out)?;
                message = None;
            }
        }
    }
    Ok(())
}

/// Control frames may stand between the fragments of a message (RFC 6455 5.4), and are short.
fn list_control(
    frames: &mut FrameReader<impl Read>,
    out: &mut impl Write,
) -> Result<Vec<u8>, Error> {
    let mut payload = Vec::new();
    while let Some(bytes) = frames.payload()? {
        writeln!(out, "    {}", bytes.escape_ascii())?;
        payload.extend(bytes);
    }
    Ok(payload)
}

fn begin(message: &mut Option<Message>, opcode: Opcode) -> Result<(), Error> {
    match (opcode, &message) {
        (Opcode::Text, None) => *message = Some(Message::Text(Utf8Validator::new())),
        (Opcode::Binary, None) => *message = Some(Message::Binary),
        (Opcode::Text | Opcode::Binary, Some(_)) => return Err(Error::Unfinished(opcode)),
        (Opcode::Continuation, None) => return Err(Error::Unexpected),
        (Opcode::Continuation, Some(_)) => {}
        (Opcode::Close | Opcode::Ping | Opcode::Pong, _) => {}
    }
    Ok(())
}

fn list_data(
    frames: &mut FrameReader<impl Read>,
    message: &mut Option<Message>,
    out: &mut impl Write,
) -> Result<(), Error> {
    while let Some(bytes) = frames.payload()? {
        write!(out, "    {}", bytes.escape_ascii())?;
        if let Some(Message::Text(text)) = message {
            // A bad byte is found when it comes, not when the message ends.
            text.push(&bytes).map_err(|_| Error::Utf8)?;
            if !text.is_complete() {
                write!(out, "  (inside a character)")?;
            }
        }
        writeln!(out)?;
    }
    Ok(())
}

fn finish(message: &Option<Message>, out: &mut impl Write) -> Result<(), Error> {
    match message {
        Some(Message::Text(text)) => {
            text.finish().map_err(|_| Error::Utf8)?;
            writeln!(out, "    end of a text message, valid UTF-8")?;
        }
        Some(Message::Binary) => writeln!(out, "    end of a binary message")?,
        None => {}
    }
    Ok(())
}

fn describe(header: &FrameHeader) -> String {
    let fragment = match header.is_final() {
        true => "",
        false => ", more to follow",
    };
    let mask = match header.masking_key() {
        Some(key) => {
            let [a, b, c, d] = key.to_bytes();
            format!(", masked with {a:02x}{b:02x}{c:02x}{d:02x}")
        }
        None => String::new(),
    };
    let rsv = match header.rsv().is_empty() {
        true => String::new(),
        false => format!(", {} set", header.rsv()),
    };
    let (opcode, len) = (header.opcode(), header.payload_len());
    format!("{opcode}, {len} bytes{fragment}{mask}{rsv}")
}

#[cfg(test)]
mod tests {
    use ws_frame::CloseCode;

    use super::*;
    use crate::script;

    fn listed(bytes: &[u8], piece: usize) -> (String, Result<(), Error>) {
        let mut out = Vec::new();
        let result = list(&mut FrameReader::new(bytes, piece), &mut out);
        (String::from_utf8(out).expect("text"), result)
    }

    #[test]
    fn text_is_checked_across_fragments_and_pings() {
        let bytes = b"\x01\x04caf\xC3\x89\x02hi\x80\x01\xA9\x88\x02\x03\xe8";
        let (out, result) = listed(bytes, 64);
        result.expect("nothing is wrong");
        assert_eq!(
            out,
            "text, 4 bytes, more to follow\n    caf\\xc3  (inside a character)\n\
             ping, 2 bytes\n    hi\n\
             continuation, 1 bytes\n    \\xa9\n    end of a text message, valid UTF-8\n\
             close, 2 bytes\n    \\x03\\xe8\n    closed: 1000\n"
        );
    }

    #[test]
    fn what_the_client_says_is_right_in_pieces_of_any_size() {
        let mut bytes = Vec::new();
        script::write(&mut bytes).expect("a Vec takes all");
        for piece in 1..=bytes.len() {
            let (out, result) = listed(&bytes, piece);
            result.expect("nothing is wrong");
            assert_eq!(out.matches("masked with").count(), 6);
            assert_eq!(out.matches("valid UTF-8").count(), 2);
            assert!(out.ends_with("closed: 1000 \"bye\"\n"), "{out}");
        }
    }

    #[test]
    fn each_mistake_has_its_code() {
        for (bytes, code) in [
            (&b"\x80\x00"[..], CloseCode::PROTOCOL_ERROR),
            (b"\x01\x00\x01\x00", CloseCode::PROTOCOL_ERROR),
            (b"\x83\x00", CloseCode::PROTOCOL_ERROR),
            (b"\x88\x01\x03", CloseCode::PROTOCOL_ERROR),
            (b"\x81\x02\xC3\x28", CloseCode::INVALID_PAYLOAD),
            (b"\x81\x01\xC3", CloseCode::INVALID_PAYLOAD),
            (b"\x01\x01\xC3\x80\x01\x28", CloseCode::INVALID_PAYLOAD),
            (b"\x82\x7f\0\0\0\0\0\x10\0\x01", CloseCode::MESSAGE_TOO_BIG),
        ] {
            let error = listed(bytes, 1).1.expect_err("something is wrong");
            assert_eq!(error.close_code(), Some(code), "{error}");
        }
    }
}
