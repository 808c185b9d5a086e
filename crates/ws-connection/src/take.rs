use std::mem;

use ws_frame::FrameHeader;

/// Takes the payload of a frame that lies whole in `input`, unmasked in place.
#[inline]
pub(crate) fn take_whole<'i>(header: &FrameHeader, input: &mut &'i mut [u8]) -> &'i [u8] {
    let (payload, rest) = mem::take(input).split_at_mut(header.payload_len() as usize);
    *input = rest;
    if let Some(key) = header.masking_key() {
        key.apply(payload, 0);
    }
    payload
}

/// Takes at most `most` bytes off the front of `input`.
pub(crate) fn take<'i>(input: &mut &'i mut [u8], most: u64) -> &'i mut [u8] {
    let len = usize::try_from(most).map_or(input.len(), |most| most.min(input.len()));
    let (chunk, rest) = mem::take(input).split_at_mut(len);
    *input = rest;
    chunk
}
