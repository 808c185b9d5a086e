use ws_frame::{Utf8Validator, validate_utf8};

use crate::Cuts;

/// Text in pieces is judged as the standard library judges the whole, wherever it is cut.
///
/// It is refused by the piece with the first byte that no text has at its place, not earlier and not later, and stays
/// refused; it may end exactly where it ends between two characters.
///
/// The input: four bytes of [cuts](Cuts), then the text.
pub fn utf8_stream(data: &[u8]) {
    let Some((&cuts, text)) = data.split_first_chunk() else {
        return;
    };
    assert_eq!(validate_utf8(text).ok(), std::str::from_utf8(text).ok());
    check(text, [text]);
    check(text, text.chunks(1));
    check(text, Cuts::new(cuts).pieces(text));
    // At every place where a short text can be cut in two.
    for at in 0..=text.len().min(72) {
        let (before, after) = text.split_at(at);
        check(text, [before, after]);
    }
}

/// Where the text can no longer become one: behind this many bytes.
fn first_flaw(text: &[u8]) -> Option<usize> {
    let error = std::str::from_utf8(text).err()?;
    // The library tells how long the bad sequence is; its last byte need not be bad, the one behind it is.
    error.error_len()?;
    let valid = error.valid_up_to();
    (valid + 1..=text.len()).find(|&end| {
        let cut = std::str::from_utf8(&text[valid..end]);
        cut.is_err_and(|error| error.error_len().is_some())
    })
}

fn check<'a>(text: &[u8], pieces: impl IntoIterator<Item = &'a [u8]>) {
    let flaw = first_flaw(text);
    let mut validator = Utf8Validator::new();
    let mut taken = 0;
    for piece in pieces {
        taken += piece.len();
        let is_legal = flaw.is_none_or(|flaw| taken < flaw);
        assert_eq!(
            validator.push(piece).is_ok(),
            is_legal,
            "behind {taken} bytes"
        );
        let is_whole = std::str::from_utf8(&text[..taken]).is_ok();
        assert_eq!(validator.is_complete(), is_whole, "behind {taken} bytes");
        assert_eq!(validator.finish().is_ok(), is_whole);
    }
    validator.reset();
    assert!(validator.is_complete(), "a new text");
}
