"""The measuring itself: interleaved rounds, medians of medians, and the verdict."""

import http.client
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from statistics import median

from bench.client import Browser, Unexpected, safe
from bench.questions import OURS, VANILLA, Operation

REPEATS = 5
BUDGET = 2.0
"""Seconds that one side may spend on the repeats of one operation in one round."""
CONNECTIONS, LOAD_SECONDS = 4, 3.0
LOAD_LIMIT = 4.0


@dataclass(frozen=True)
class Spread:
    """The median of the rounds, and the fastest and slowest round."""

    middle: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Iterable[float]) -> "Spread":
        """The spread of the values of the rounds."""
        sorted_values = sorted(values)
        return cls(median(sorted_values), sorted_values[0], sorted_values[-1])

    def told(self, unit: float = 1000, digits: int = 1) -> str:
        """In thousandths unless told otherwise: "5.1 [4.9–5.6]"."""
        shown = [f"{value * unit:,.{digits}f}" for value in (self.middle, self.least, self.most)]
        return f"{shown[0]} [{shown[1]}–{shown[2]}]"


@dataclass(frozen=True)
class Line:
    """One line of the report: who took how long, the ratio that is judged, and its limit."""

    title: str
    ours: dict[str, str]
    other: str
    ratio: float
    limit: float
    more_is_better: bool = False

    @property
    def held(self) -> bool:
        """Whether the limit is kept."""
        return self.ratio >= self.limit if self.more_is_better else self.ratio <= self.limit


def rounds(operations: list[Operation], browsers: dict[str, Browser], count: int) -> Iterator[Line]:
    """Ask everything `count` times over, the sides taking turns to begin."""
    taken: dict[str, dict[str, list[float]]] = {o.key: {} for o in operations}
    for operation in operations:
        for side, question in operation.asked.items():
            for _ in range(2):
                question.ask(browsers[side])
    for number in range(count):
        for operation in operations:
            sides = list(operation.asked)
            turn = number % len(sides)
            for side in sides[turn:] + sides[:turn]:
                times = taken[operation.key].setdefault(side, [])
                times.append(_once(operation, side, browsers[side]))
    spreads = {key: {s: Spread.of(v) for s, v in sides.items()} for key, sides in taken.items()}
    for operation in operations:
        yield _judged(operation, spreads)


def _once(operation: Operation, side: str, browser: Browser) -> float:
    times: list[float] = []
    while len(times) < REPEATS and sum(times) < BUDGET:
        times.append(operation.asked[side].ask(browser).whole)
    return median(times)


def _judged(operation: Operation, spreads: dict[str, dict[str, Spread]]) -> Line:
    mine = {s: found for s, found in spreads[operation.key].items() if s != "vanilla"}
    base = spreads[operation.against or operation.key]["nation" if operation.against else "vanilla"]
    worst = max(found.middle for found in mine.values())
    told = {side: found.told() for side, found in mine.items()}
    other = f"{base.told()}{' (our first page)' if operation.against else ''}"
    return Line(operation.title, told, other, worst / base.middle, operation.limit)


def load(browsers: dict[str, Browser], count: int) -> Line:
    """List pages a second over four connections, the sides in turn."""
    asked = {"nation": OURS, "province": OURS, "vanilla": VANILLA}
    rates: dict[str, list[float]] = {side: [] for side in asked}
    for _ in range(count):
        for side, path in asked.items():
            rates[side].append(_rate(browsers[side], path))
    spreads = {side: Spread.of(values) for side, values in rates.items()}
    other = spreads.pop("vanilla")
    worst = min(found.middle for found in spreads.values())
    told = {side: found.told(1) for side, found in spreads.items()}
    return Line("List pages a second", told, other.told(1), worst / other.middle, LOAD_LIMIT, True)


def _rate(browser: Browser, path: str) -> float:
    until = time.perf_counter() + LOAD_SECONDS
    done: list[int] = []
    threads = [
        threading.Thread(target=_hammer, args=(browser, path, until, done))
        for _ in range(CONNECTIONS)
    ]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(done) < CONNECTIONS:
        raise Unexpected(f"{path}: a connection under load was refused")
    return sum(done) / (time.perf_counter() - started)


def _hammer(browser: Browser, path: str, until: float, done: list[int]) -> None:
    """Ask for one page again and again; a count is left only where every answer was a page."""
    count, headers = 0, {"Cookie": browser.cookie}
    while time.perf_counter() < until:
        connection = http.client.HTTPConnection("127.0.0.1", browser.port, timeout=60)
        connection.request("GET", safe(path), headers=headers)
        answer = connection.getresponse()
        size = len(answer.read())
        connection.close()
        if answer.status != 200 or size < 10_000:
            return
        count += 1
    done.append(count)
