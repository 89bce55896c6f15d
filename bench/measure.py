"""The measuring itself: interleaved rounds, medians, the ratio of each round, and the verdict."""

import http.client
import threading
import time
from collections.abc import Iterator
from statistics import median

from bench.client import Browser, Unexpected, safe
from bench.questions import OURS, VANILLA, Operation
from bench.report import Line, Spread

REPEATS = 5
BUDGET = 2.0
"""Seconds that one side may spend on the repeats of one operation in one round."""
CONNECTIONS, LOAD_SECONDS = 4, 3.0
LOAD_LIMIT = 4.0
Times = dict[str, list[tuple[float, float]]]
"""Of each side, what one question after another took: seconds on the clock, and the server's
seconds of processor time, which say more where other work shares the machine."""
Taken = dict[str, Times]


def rounds(operations: list[Operation], browsers: dict[str, Browser], count: int) -> Iterator[Line]:
    """Ask everything `count` times over, after one round to get warm."""
    taken: Taken = {o.key: {side: [] for side in o.asked} for o in operations}
    for number in range(-1, count):
        for operation in operations:
            times = _round(operation, browsers, number)
            for side, found in times.items() if number >= 0 else ():
                walls, works = zip(*found, strict=True)
                taken[operation.key][side].append((median(walls), median(works)))
    for operation in operations:
        yield _judged(operation, taken)


def _round(operation: Operation, browsers: dict[str, Browser], number: int) -> Times:
    """Ask the sides in turn, so that what else the machine does falls on all of them alike."""
    times: Times = {side: [] for side in operation.asked}
    for repeat in range(REPEATS):
        sides = list(operation.asked)
        turn = (number + repeat) % len(sides)
        for side in sides[turn:] + sides[:turn]:
            if sum(wall for wall, _work in times[side]) < BUDGET:
                before = browsers[side].spent()
                wall = operation.asked[side].ask(browsers[side]).whole
                times[side].append((wall, browsers[side].spent() - before))
    return times


def _judged(operation: Operation, taken: Taken) -> Line:
    mine = {s: _spreads(v) for s, v in taken[operation.key].items() if s != "vanilla"}
    base = taken[operation.against or operation.key]["nation" if operation.against else "vanilla"]
    told = {side: found[0].told() for side, found in mine.items()}
    other = f"{_spreads(base)[0].told()}{' (our first page)' if operation.against else ''}"
    ratios = [_ratios(taken[operation.key][side], base) for side in mine]
    works = [work for _wall, work in ratios if work is not None]
    slowest = max(wall for wall, _work in ratios)
    return Line(
        operation.title, told, other, slowest, operation.limit, work=max(works, default=None)
    )


def _ratios(
    ours: list[tuple[float, float]], base: list[tuple[float, float]]
) -> tuple[float, float | None]:
    """The medians of what each round had of the other side's time: the machine has slow minutes,
    and one that falls into a round falls on both of its sides."""
    pairs = list(zip(ours, base, strict=True))
    works = [one[1] / other[1] for one, other in pairs if other[1]]
    return median(one[0] / other[0] for one, other in pairs), median(works) if works else None


def _spreads(values: list[tuple[float, float]]) -> tuple[Spread, Spread]:
    """Of the seconds on the clock, and of the processor's."""
    walls, works = zip(*values, strict=True)
    return Spread.of(walls), Spread.of(works)


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
