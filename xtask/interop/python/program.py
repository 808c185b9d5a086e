"""The example `verdicts`: our side of a comparison."""

import json
import subprocess


class Program:
    """The built program, run once for each batch."""

    def __init__(self, path):
        self._path = path
        self._jobs = []

    def cases(self, kind, seed, first, count):
        """The cases of a kind with our verdicts."""
        lines = self._run(["cases", kind, str(seed), str(first), str(count)], "")
        return [json.loads(line) for line in lines]

    def ask(self, job, then):
        """Has a job judged later; `then` gets the verdict."""
        self._jobs.append((job, then))

    def answer(self):
        """Has all jobs judged, and those that this leads to."""
        while self._jobs:
            jobs, self._jobs = self._jobs, []
            text = "".join(f"{json.dumps(job)}\n" for job, _ in jobs)
            lines = self._run(["judge"], text)
            for (_, then), line in zip(jobs, lines, strict=True):
                then(json.loads(line))

    def _run(self, args, text):
        done = subprocess.run([self._path, *args], input=text.encode(), stdout=subprocess.PIPE, check=True)
        # Other line ends of Unicode are not escaped in JSON.
        return [line for line in done.stdout.split(b"\n") if line]
