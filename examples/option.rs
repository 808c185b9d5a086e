//! How a program is told its options.

use std::net::SocketAddr;

/// Where to listen.
pub(crate) fn addr(args: &mut lexopt::Parser, option: &str) -> Result<SocketAddr, lexopt::Error> {
    value(args, option, |text| {
        text.parse().map_err(|_| "IP:PORT, such as 127.0.0.1:9001")
    })
}

/// The value of the option that was just read. `parse` says what is allowed where it finds something
/// else.
pub(crate) fn value<T>(
    args: &mut lexopt::Parser,
    option: &str,
    parse: impl FnOnce(&str) -> Result<T, &'static str>,
) -> Result<T, lexopt::Error> {
    let given = args.value()?;
    let Some(text) = given.to_str() else {
        return Err(format!("{option} is {given:?}, and must be UTF-8").into());
    };
    parse(text).map_err(|allowed| format!("{option} is {text:?}, and must be {allowed}").into())
}
