"""One case of each kind, compared."""

import base64

from last_frame import LastFrame, stream

# Ends a head that is not whole.
HEAD_END = b"\r\n\r\n"

PEERS = {"server": "client", "client": "server"}


def same_run(ours, seen):
    """Whether two endpoints saw the same and ended alike, and sent the same where both tell it."""
    if any(ours.get(key) != seen.get(key) for key in ("events", "end", "code")):
        return False
    told = ours.get("replies"), seen.get("replies")
    return None in told or told[0] == told[1]


def same_handshake(ours, seen):
    """Whether two handshakes came to the same, by the same status where both have one."""
    if ours["outcome"] != seen["outcome"]:
        return False
    if ours["outcome"] == "refused":
        # A client that finds fault with a response has no status to tell.
        return ours["status"] is None or ours["status"] == seen["status"]
    if None not in (ours.get("accept"), seen.get("accept")) and ours["accept"] != seen["accept"]:
        return False
    return all(ours.get(key) == seen.get(key) for key in ("subprotocol", "extensions"))


class Comparison:
    """Compares cases with one oracle; what differs goes to the tally."""

    def __init__(self, oracle, program, tally):
        self.oracle = oracle
        self.program = program
        self.tally = tally

    def stream(self, case):
        """Bytes of a peer: both sides read them."""
        seen = self.read(case)
        missing = LastFrame(case).missing()
        if missing and case["end"] == "failed" and seen["end"] == "open":
            # A fault that the other has not told is told with the rest of the frame, or not at all.
            rest = missing.hex()
            case = {**case, "pieces": [*case["pieces"], rest], "rest": case["rest"] + rest}
            seen = {**self.read(case), "late": "theirs"}
        if missing and case["end"] == "open" and seen["end"] == "failed":
            self.judge(case["role"], stream(case) + missing, lambda later: self.compare_late(case, later, seen))
            return
        self.compare_runs(case, seen)

    def read(self, case):
        return self.oracle.read(case["role"], [bytes.fromhex(piece) for piece in case["pieces"]])

    def judge(self, role, read, then):
        """Has our endpoint read this."""
        self.program.ask({"stream": read.hex(), "role": role}, then)

    def compare_late(self, case, later, seen):
        """We were open where the other had failed: what did we do with the rest of the frame?"""
        if same_run({**later, "replies": None}, seen):
            seen = {**seen, "late": "ours"}
        self.compare_runs(case, seen)

    def compare_runs(self, case, seen):
        if same_run(case, seen) and "late" not in seen:
            return
        difference = self.tally.differ(self.oracle, case, seen)
        if difference is not None and difference.instead is not None:
            self.compare_instead(case, seen, difference.instead(case))

    def compare_instead(self, case, seen, read):
        """The same without a difference that is allowed, in which the other has to see what it saw with it."""
        role = case["role"]
        changed = {"case": case["case"], "role": role, "pieces": [read.hex()]}
        if not same_run(self.read(changed), seen):
            self.tally.fail(self.oracle, case, seen)
        self.judge(role, read, lambda told: self.stream({**changed, **told}))

    def sent(self, case):
        """What we send, the other reads."""
        self.compare_runs(case, self.read(case))

    def written(self, case):
        """What the other sends, we read."""
        frames = [(opcode, bool(fin), bytes.fromhex(data)) for opcode, fin, data in case["frames"]]
        sent = self.oracle.write(case["role"], frames)
        self.judge(PEERS[case["role"]], sent, lambda read: self.compare_runs(case, {**read, "sent": sent.hex()}))

    def request(self, case):
        """Bytes of a client: both servers read them."""
        received = bytes.fromhex(case["bytes"])
        seen = self.oracle.serve(received)
        if case["outcome"] == "refused" and seen["outcome"] == "incomplete":
            seen = self.oracle.serve(received + HEAD_END)
        self.compare_heads(case, seen, {"request": (received + HEAD_END).hex()})
        return seen

    def response(self, case):
        """Bytes of a server: both clients read them."""
        received = bytes.fromhex(case["bytes"])
        key = base64.b64encode(bytes.fromhex(case["offer"]["key"])).decode()
        is_whole = case["outcome"] != "incomplete"
        seen = self.oracle.check(received, case["offer"], key, is_whole)
        self.compare_heads(case, seen, {"response": (received + HEAD_END).hex(), "offer": case["offer"]})

    def compare_heads(self, case, seen, whole):
        """Compares what came of a head; where only the other refuses one that is unfinished, of the whole one."""
        if case["outcome"] == "incomplete" and seen["outcome"] == "refused":
            self.program.ask(whole, lambda later: self.compare_handshakes({**case, **later}, later, seen))
        else:
            self.compare_handshakes(case, case, seen)

    def compare_handshakes(self, case, ours, seen):
        if not same_handshake(ours, seen):
            self.tally.differ(self.oracle, case, seen)

    def offer(self, case):
        """Our client against the other server, and the other client against ours."""
        seen = self.request(case)
        job = {"response": seen["response"].hex(), "offer": case["offer"]}
        self.program.ask(job, lambda checked: self.compare_handshakes(case, case, checked))
        client = self.oracle.Client(case["offer"])

        def answered(served):
            # Our server has to accept it as it has accepted our own client, whose key is another.
            self.compare_handshakes(case, case, {**served, "accept": None})
            checked = client.check(bytes.fromhex(served["response"]))
            self.compare_handshakes(case, case, checked)

        self.program.ask({"request": client.request.hex()}, answered)
