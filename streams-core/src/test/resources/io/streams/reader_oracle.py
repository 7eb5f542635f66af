"""Random cases for ReaderDifferentialTests, with what asyncio's StreamReader does in each.

Arguments: the seed, and how many. Prints the version of Python, then one case a line, in the form of
reader-vectors.jsonl.gz.
"""

import asyncio
import json
import random
import sys

LIMITS = (1, 2, 3, 4, 5, 7, 8, 16, 31, 64, 100)
LONG_LIMITS = (1000, 5000, 20000)
INTERLEAVED = 0.4
ALPHABETS = (b"\n", b"\r\n", b"ab", b"ab\n", b"\r\nxyz\0a", bytes(range(256)))
TURNS = 8


class RecordingTransport:
    def __init__(self):
        self.calls = []

    def pause_reading(self):
        self.calls.append("pause")

    def resume_reading(self):
        self.calls.append("resume")


class Reader(asyncio.StreamReader):
    """Adds the several separators of CPython 3.13 to older versions, and a limit that can change."""

    def set_limit(self, limit):
        """Pauses and resumes as StreamReader.setLimit documents; asyncio has no counterpart."""
        self._limit = limit
        if self._waiter is None and not self._paused and len(self._buffer) > 2 * limit:
            self._transport.pause_reading()
            self._paused = True
        self._maybe_resume_transport()

    async def readuntil(self, separator=b"\n"):
        if sys.version_info >= (3, 13) or not isinstance(separator, tuple):
            return await super().readuntil(separator)
        separators = sorted(separator, key=len)
        if not separators:
            raise ValueError("Separator should contain at least one element")
        if not separators[0]:
            raise ValueError("Separator should be at least one-byte string")
        start, end = await self.find(separators)
        if start > self._limit:
            raise asyncio.LimitOverrunError("Separator is found, but chunk is longer than limit", start)
        chunk = self._buffer[:end]
        del self._buffer[:end]
        self._maybe_resume_transport()
        return bytes(chunk)

    async def find(self, separators):
        """Keeps its offset while other reads take bytes, as CPython 3.13 does."""
        offset = 0
        while True:
            length = len(self._buffer)
            if length - offset >= len(separators[0]):
                found = [(at + len(each), order, at) for order, each in enumerate(separators)
                         if (at := self._buffer.find(each, offset)) != -1]
                if found:
                    end, _, start = min(found)
                    return start, end
                offset = max(0, length + 1 - len(separators[-1]))
                if offset > self._limit:
                    raise asyncio.LimitOverrunError("Separator is not found, and chunk exceed the limit", offset)
            if self._eof:
                chunk = bytes(self._buffer)
                self._buffer.clear()
                raise asyncio.IncompleteReadError(chunk, None)
            await self._wait_for_data("readuntil")


class Author:
    """Makes the steps of one case up."""

    def __init__(self, rng):
        self.rng = rng
        self.limit = rng.choice(LIMITS if rng.random() < 0.98 else LONG_LIMITS)
        self.alphabet = rng.choice(ALPHABETS)
        self.interleaved = rng.random() < INTERLEAVED
        if self.interleaved:
            self.limit = rng.choice(LIMITS[5:])
            self.alphabet = rng.choice(ALPHABETS[:4])

    def data(self, longest):
        return bytes(self.rng.choices(self.alphabet, k=self.rng.randint(0, longest)))

    def size(self):
        near = (0, 1, self.limit - 1, self.limit, self.limit + 1, 2 * self.limit, 2 * self.limit + 1)
        return self.rng.choice(near) if self.rng.random() < 0.5 else self.rng.randint(-1, 3 * self.limit + 3)

    def separator(self):
        if self.rng.random() < 0.1:
            return b"\n"
        return self.data(5) if self.rng.random() < 0.1 else self.data(4) + self.rng.choice((b"\n", b"a", b"b", b"\0"))

    def separators(self):
        if self.interleaved and self.rng.random() < 0.7:
            # One that never comes keeps the search behind the other.
            return [self.separator().hex(), (self.data(15) + b".").hex()]
        if self.rng.random() < 0.5:
            return self.separator().hex()
        return [self.separator().hex() for _ in range(self.rng.randint(0, 5))]

    def feed(self):
        longest = self.limit + 3 if self.rng.random() < 0.6 else 3 * self.limit + 5
        return ["f", self.data(3 if self.rng.random() < 0.4 else longest).hex()]

    def interleaved_step(self):
        """Waits in readuntil, and takes bytes away from it."""
        chance = self.rng.random()
        if chance < 0.54:
            return ["f", self.data(3 if self.rng.random() < 0.7 else 25).hex()]
        if chance < 0.72:
            return ["ru", self.separators()]
        if chance < 0.90:
            return [self.rng.choice(("r", "r", "rx")), self.rng.randint(1, 25)]
        if chance < 0.93:
            return ["rl"]
        if chance < 0.95:
            return ["l", self.rng.choice(LIMITS)]
        return [self.rng.choice("ccqqe")]

    def step(self):
        if self.interleaved:
            return self.interleaved_step()
        chance = self.rng.random()
        if chance < 0.38:
            return self.feed()
        if chance < 0.54:
            return ["r", self.size()]
        if chance < 0.65:
            return ["rl"]
        if chance < 0.80:
            return ["ru", self.separators()]
        if chance < 0.92:
            return ["rx", self.size()]
        return [self.rng.choice("ccqqe")]


class Play:
    """Plays one case on a reader and writes down what happens."""

    def __init__(self, limit):
        self.transport = RecordingTransport()
        self.reader = Reader(limit=limit)
        self.reader.set_transport(self.transport)
        self.pending = {}

    def act(self, index, action):
        kind, *arguments = action
        if kind == "f":
            self.reader.feed_data(bytes.fromhex(arguments[0]))
        elif kind == "e":
            self.reader.feed_eof()
        elif kind == "l":
            self.reader.set_limit(arguments[0])
        elif kind == "c":
            for task in self.pending.values():
                task.cancel()
        else:
            self.pending[index] = asyncio.ensure_future(self.read(kind, arguments))

    def read(self, kind, arguments):
        if kind == "r":
            return self.reader.read(arguments[0])
        if kind == "rl":
            return self.reader.readline()
        if kind == "rx":
            return self.reader.readexactly(arguments[0])
        if isinstance(arguments[0], str):
            return self.reader.readuntil(bytes.fromhex(arguments[0]))
        return self.reader.readuntil(tuple(bytes.fromhex(argument) for argument in arguments[0]))

    async def step(self, index, action):
        done = []
        self.transport.calls = []
        if action[0] == "q":
            done.append(["q", "ok", self.reader.at_eof()])
        else:
            try:
                self.act(index, action)
            except AssertionError:
                done.append([index, "AssertionError", None])
        for _ in range(TURNS):
            await asyncio.sleep(0)
        for started in [started for started, task in self.pending.items() if task.done()]:
            done.append([started, *outcome(self.pending.pop(started))])
        return {"do": action, "done": done, "buf": len(self.reader._buffer), "paused": self.reader._paused,
                "tr": self.transport.calls}

    async def end(self):
        for task in self.pending.values():
            task.cancel()
        await asyncio.gather(*self.pending.values(), return_exceptions=True)


def outcome(task):
    if task.cancelled():
        return "cancelled", None
    failure = task.exception()
    if failure is None:
        return "ok", task.result().hex()
    if isinstance(failure, asyncio.IncompleteReadError):
        return "IncompleteReadError", [failure.partial.hex(), failure.expected]
    if isinstance(failure, asyncio.LimitOverrunError):
        return "LimitOverrunError", [failure.consumed]
    return type(failure).__name__, None


async def main(seed, count):
    print("%d.%d.%d" % sys.version_info[:3])
    for number in range(count):
        author = Author(random.Random(f"{seed} {number}"))
        play = Play(author.limit)
        steps = [await play.step(index, author.step()) for index in range(author.rng.randint(1, 30))]
        await play.end()
        print(json.dumps({"id": number, "limit": author.limit, "steps": steps}))


asyncio.run(main(sys.argv[1], int(sys.argv[2])))
