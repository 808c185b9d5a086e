use std::net::SocketAddr;

const DEFAULT_ADDRESS: &str = "127.0.0.1:9001";

/// Whether a server takes permessage-deflate, and how hard it compresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// No extension is agreed on.
    Off,
    /// `--deflate`: at the level that is the library's default.
    Default,
    /// `--deflate --level N`: from 0, no compression, to 9.
    Level(u32),
}

/// What the command line asks for.
#[derive(Debug)]
pub(crate) struct Flags {
    pub(crate) address: SocketAddr,
    pub(crate) compression: Compression,
}

impl Flags {
    /// Reads the flags, or says which one is wrong.
    pub(crate) fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut address = DEFAULT_ADDRESS.to_owned();
        let mut compression = Compression::Off;
        let mut level = None;
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--addr" => address = arguments.next().ok_or("--addr needs IP:PORT")?,
                "--deflate" => compression = Compression::Default,
                "--level" => level = Some(parse_level(arguments.next().as_deref())?),
                other => {
                    return Err(format!(
                        "unknown flag {other}; there are --addr IP:PORT, --deflate and --level N"
                    ));
                }
            }
        }
        if let Some(level) = level {
            if compression == Compression::Off {
                return Err("--level needs --deflate".to_owned());
            }
            compression = Compression::Level(level);
        }
        let address = address
            .parse()
            .map_err(|_| format!("--addr needs IP:PORT, not {address}"))?;
        Ok(Self {
            address,
            compression,
        })
    }

    /// Refuses what a server that never compresses does not know.
    pub(crate) fn plain(self) -> Result<Self, String> {
        match self.compression {
            Compression::Off => Ok(self),
            Compression::Default | Compression::Level(_) => {
                Err("this server does not know --deflate".to_owned())
            }
        }
    }
}

fn parse_level(text: Option<&str>) -> Result<u32, String> {
    let text = text.ok_or("--level needs a number from 0 to 9")?;
    text.parse()
        .ok()
        .filter(|level| *level <= 9)
        .ok_or_else(|| format!("--level needs a number from 0 to 9, not {text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &[&str]) -> Result<Flags, String> {
        Flags::parse(arguments.iter().map(ToString::to_string))
    }

    fn compression(arguments: &[&str]) -> Compression {
        parsed(arguments).unwrap().compression
    }

    #[test]
    fn the_address_has_a_default_and_can_be_set() {
        assert_eq!(parsed(&[]).unwrap().address.port(), 9001);
        let set = parsed(&["--addr", "127.0.0.1:0"]).unwrap();
        assert_eq!(set.address.port(), 0);
    }

    #[test]
    fn compression_is_off_until_it_is_asked_for() {
        assert_eq!(compression(&[]), Compression::Off);
        assert_eq!(compression(&["--deflate"]), Compression::Default);
        let levels = compression(&["--level", "1", "--deflate"]);
        assert_eq!(levels, Compression::Level(1));
    }

    #[test]
    fn a_wrong_flag_is_named() {
        for (arguments, named) in [
            (&["--port"][..], "--port"),
            (&["--addr"], "IP:PORT"),
            (&["--addr", "here"], "here"),
            (&["--level", "1"], "--deflate"),
            (&["--deflate", "--level"], "0 to 9"),
            (&["--deflate", "--level", "10"], "not 10"),
            (&["--deflate", "--level", "-1"], "not -1"),
        ] {
            let error = parsed(arguments).unwrap_err();
            assert!(error.contains(named), "{arguments:?}: {error}");
        }
    }

    #[test]
    fn a_server_that_never_compresses_refuses_to() {
        assert!(parsed(&[]).unwrap().plain().is_ok());
        for arguments in [&["--deflate"][..], &["--deflate", "--level", "1"]] {
            let error = parsed(arguments).unwrap().plain().unwrap_err();
            assert!(error.contains("--deflate"), "{error}");
        }
    }
}
