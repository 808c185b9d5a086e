use ws_connection::ProtocolError;
use ws_frame::{FrameHeader, MaskingKey, Opcode};
use ws_testing::naive::{Header, Violation};

/// A header is decoded as the naive one reads it, and written as the same bytes.
///
/// Every beginning of it asks for more bytes; what is refused is refused at the byte that breaks the rule, and by the
/// same rule; what follows a header changes nothing; what was decoded could have been built.
///
/// The input: a header and what follows it.
pub fn frame_header(data: &[u8]) {
    let seen = FrameHeader::decode(data);
    for len in 0..=data.len() {
        let beginning = FrameHeader::decode(&data[..len]);
        match Header::read(&data[..len]) {
            Ok(None) => assert_eq!(beginning, Ok(None), "after {len} bytes"),
            Ok(Some(expected)) => {
                let (header, used) = seen.expect("legal").expect("whole");
                assert_eq!(beginning, Ok(Some((header, used))), "after {len} bytes");
                assert_eq!(used, len);
                check_fields(&header, &expected);
                return check_round_trip(&header, &data[..len]);
            }
            Err(violation) => {
                assert_eq!(beginning, seen, "after {len} bytes");
                let error = ProtocolError::from(seen.expect_err("illegal"));
                assert_eq!(Violation::from(&error), violation);
                assert_eq!(error.close_code().get(), violation.close_code());
                return;
            }
        }
    }
    assert_eq!(seen, Ok(None));
}

fn check_fields(header: &FrameHeader, expected: &Header) {
    let seen = Header {
        fin: header.is_final(),
        rsv: header.rsv().bits() >> 4,
        opcode: header.opcode().bits(),
        mask: header.masking_key().map(MaskingKey::to_bytes),
        len: header.payload_len(),
    };
    assert_eq!(seen, *expected);
}

fn check_round_trip(header: &FrameHeader, bytes: &[u8]) {
    let mut encoded = Vec::new();
    header.encode(&mut encoded);
    assert_eq!(encoded, bytes);
    assert_eq!(header.encoded_len(), bytes.len());
    assert_eq!(build(header.is_final(), header.opcode(), header), *header);
}

/// The same header by way of the constructors.
fn build(is_final: bool, opcode: Opcode, like: &FrameHeader) -> FrameHeader {
    let built = match is_final {
        true => FrameHeader::new(opcode, like.payload_len()),
        false => FrameHeader::fragment(opcode, like.payload_len()),
    };
    let built = built
        .expect("what is decoded may be sent")
        .with_rsv(like.rsv());
    match like.masking_key() {
        Some(key) => built.with_masking_key(key),
        None => built,
    }
}
