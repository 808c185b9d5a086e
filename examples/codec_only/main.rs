//! Frames without a connection: ws-frame over a transport of one's own, here a pipe of the system
//! or a file.
//!
//! A thread writes what a client might say into a pipe. The other end reads it in small pieces and
//! lists what it finds: headers, payloads as they arrive, unmasked, text checked while it
//! comes. Nothing is kept but a partial header and the piece that was just read.
//!
//! What the codec does not know, because it depends on the connection, is here too, as far as a
//! reader needs it: the order of frames and a limit. ws-connection has all of it.
//!
//! Read on in `script.rs`, how frames are written, `frame_reader.rs`, how they are read, and
//! `listing.rs`, what they mean together.

mod error;
mod frame_reader;
mod listing;
mod script;

use std::{
    ffi::OsStr,
    fs::File,
    io::{self, Read, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    thread,
};

use lexopt::prelude::*;

use crate::{error::Error, frame_reader::FrameReader};

const HELP: &str = "\
Lists the frames of a WebSocket connection, one direction of it, and how they come to be.

Usage: codec_only [OPTIONS] [FILE]

Without FILE the frames come through a pipe from a thread that plays a client. FILE holds frames and
nothing in front of them; - is standard input.

Options:
  --piece BYTES  how much is read at once, 1 at least [default: 16]
  --write FILE   write what the client says to this file and end
  --help         print this

Exits with 0 if there is nothing wrong with the frames, with 1 if there is.";

fn main() -> ExitCode {
    let options = match Options::parse(lexopt::Parser::from_env()) {
        Ok(Some(options)) => options,
        Ok(None) => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("codec_only: {error}; `codec_only --help` lists the options");
            return ExitCode::from(2);
        }
    };
    match options.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("codec_only: {error}");
            ExitCode::FAILURE
        }
    }
}

struct Options {
    file: Option<PathBuf>,
    write: Option<PathBuf>,
    piece: usize,
}

impl Options {
    /// `None` when help was asked for.
    fn parse(mut args: lexopt::Parser) -> Result<Option<Self>, lexopt::Error> {
        let mut options = Self {
            file: None,
            write: None,
            piece: 16,
        };
        while let Some(arg) = args.next()? {
            match arg {
                Long("piece") => options.piece = piece(&args.value()?)?,
                Long("write") => options.write = Some(args.value()?.into()),
                Long("help") | Short('h') => return Ok(None),
                Value(value) if options.file.is_none() => options.file = Some(value.into()),
                other => return Err(other.unexpected()),
            }
        }
        Ok(Some(options))
    }

    fn run(self) -> Result<(), Error> {
        if let Some(path) = &self.write {
            let file = File::create(path).map_err(|error| Error::file(path, error))?;
            return script::write(file).map_err(|error| Error::file(path, error));
        }
        match &self.file {
            Some(path) if path == Path::new("-") => self.list(io::stdin().lock()),
            Some(path) => self.list(File::open(path).map_err(|error| Error::file(path, error))?),
            None => self.list_a_pipe(),
        }
    }

    fn list_a_pipe(&self) -> Result<(), Error> {
        let (reader, writer) = io::pipe().map_err(Error::Io)?;
        let client = thread::spawn(|| script::write(writer));
        self.list(reader)?;
        client
            .join()
            .expect("the client does not panic")
            .map_err(Error::Io)
    }

    fn list(&self, from: impl Read) -> Result<(), Error> {
        let mut out = io::stdout().lock();
        let listed = listing::list(&mut FrameReader::new(from, self.piece), &mut out);
        out.flush().map_err(Error::Io)?;
        listed
    }
}

fn piece(value: &OsStr) -> Result<usize, lexopt::Error> {
    let piece = value.to_str().and_then(|text| text.parse().ok());
    let piece = piece.filter(|bytes| *bytes > 0);
    let refusal =
        || format!("--piece is {value:?}, and must be a whole number of bytes, 1 at least");
    piece.ok_or_else(|| refusal().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_has_one_byte_at_least() {
        for text in ["0", "-1", "x"] {
            let sentence =
                format!("--piece is {text:?}, and must be a whole number of bytes, 1 at least");
            assert_eq!(piece(text.as_ref()).expect_err(text).to_string(), sentence);
        }
        assert_eq!(piece("1".as_ref()).expect("legal"), 1);
    }
}
