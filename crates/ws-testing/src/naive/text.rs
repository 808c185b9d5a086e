/// UTF-8 that arrives byte by byte, judged by the standard library: never more than one character is kept.
#[derive(Clone, Debug, Default)]
pub struct Text {
    character: Vec<u8>,
}

impl Text {
    /// Takes one byte; `false` when no text goes on like this. Not to be asked again then.
    #[must_use]
    pub fn push(&mut self, byte: u8) -> bool {
        self.character.push(byte);
        match std::str::from_utf8(&self.character) {
            Ok(_) => {
                self.character.clear();
                true
            }
            // No length: "the end of the input was reached unexpectedly", so more bytes can mend it.
            Err(error) => error.error_len().is_none(),
        }
    }

    /// Whether the text may end here.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.character.is_empty()
    }
}
