"""The frame behind those that are whole: it breaks a rule, or not all of it is there."""

import codecs

from settings import LARGEST

# The bytes of a length behind its first, by which this has, and the least that this form is for.
FORMS = {126: (2, 126), 127: (8, 65_536)}


class LastFrame:
    def __init__(self, case):
        self.frame = bytes.fromhex(case["rest"])
        self.frames = case["frames"]
        self.before = stream(case)[: -len(self.frame) or None]
        # What is missing is taken for zeros.
        header = self.frame.ljust(14, b"\0")
        field = header[1] & 0x7F
        self.size, self.least = FORMS.get(field, (0, 0))
        self.length = int.from_bytes(header[2 : 2 + self.size]) if self.size else field
        self.opcode = header[0] & 0xF
        self.key = 4 if header[1] & 0x80 else 0

    def payload(self):
        """What has come of it, without its mask."""
        start = 2 + self.size + self.key
        key = self.frame[start - self.key : start] or b"\0"
        payload = self.frame[start : start + self.length]
        return bytes(byte ^ key[at % len(key)] for at, byte in enumerate(payload))

    def breaks_text(self):
        """It belongs to a text, and what has come of that is no UTF-8."""
        fragments = [(self.opcode, self.payload())]
        for opcode, _fin, data in reversed(self.frames):
            if fragments[0][0] == 0 and opcode < 8:
                fragments.insert(0, (opcode, bytes.fromhex(data)))
        if fragments[0][0] != 1:
            return False
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            decoder.decode(b"".join(data for _, data in fragments))
        except UnicodeDecodeError:
            return True
        return False

    def missing(self):
        """Zeros up to the end of the frame, or of the header of one that is longer than anybody has to wait for."""
        if not self.frame:
            return b""
        payload = self.length if self.length <= LARGEST else 0
        return bytes(max(0, 2 + self.size + self.key + payload - len(self.frame)))

    def has_shorter_form(self):
        return self.length < self.least

    def is_too_large(self):
        return self.length > LARGEST

    def shortened(self):
        """The whole stream, with the length of this frame in its shortest form."""
        first, second = self.frame[:2]
        if self.length < 126:
            field, length = self.length, b""
        else:
            field, length = 126, self.length.to_bytes(2)
        head = bytes([first, second & 0x80 | field])
        return self.before + head + length + self.frame[2 + self.size :]


def stream(case):
    """All that has come."""
    return bytes.fromhex("".join(case["pieces"]))
