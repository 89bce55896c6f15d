"""The bench: its class is declared as any other, it measures a small database, and hides nothing."""

import subprocess
import sys
from pathlib import Path

from bench import office, office_rows
from bench.generate import Folder
from bench.report import Line, Spread, table

ROOT = Path(__file__).parents[1]
DECLARED = """
from bench.entity import BenchCase, register
from access import policy
from entities.base import InProvince, fields, home
register(), register()
told = fields(BenchCase)
assert home(BenchCase) is InProvince
assert sum(f.listed for f in told.values()) == 10 and len(told) == 14
assert told["number"].computed and told["number"].searched and told["received_on"].sorted
assert policy.roles(BenchCase, "read") and not policy.roles(BenchCase, "approve")
"""


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Python in a process of its own: the bench's class must not be known to other tests."""
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=300
    )


def test_the_class_is_declared_like_the_offices_own():
    told = run("-c", DECLARED)
    assert told.returncode == 0, told.stderr


def test_a_small_run_measures_every_page_and_keeps_its_answers_honest(tmp_path):
    folder = str(tmp_path / "bench")
    told = run(
        "-m", "bench", "--rows", "2000", "--rounds", "1", "--folder", folder,
        "--only", "pages", "--only", "queries", "--only", "packet",
    )  # fmt: skip
    assert told.returncode in (0, 1), told.stderr
    for title in ("List page", "Thai search, rare", "Edit form", "Create", "Packet", "Queries"):
        assert f"| {title}" in told.stdout, told.stdout + told.stderr
    queries = [line for line in told.stdout.splitlines() if line.startswith("| Queries")]
    assert len(queries) == 3
    assert not any("MISSED" in line for line in queries)


def test_correspondence_and_complaints_are_poured_as_their_rules_and_registers_want(tmp_path):
    folder = Folder(tmp_path / "office")
    office_rows.make(folder, 2000)
    proved = office_rows.run(folder, "-m", "flask", "--app", "app", "registers", "verify")
    assert proved
    known = office.Known(folder.database)
    assert known.one("SELECT count(*) FROM document") == 2000
    assert known.one("SELECT count(*) FROM complaint WHERE number IS NOT NULL") == 2000
    assert known.one("SELECT count(*) FROM search_fts_data") > 10
    asked = {operation.key for operation in office._operations(known)}
    assert {"documents", "cases", "sheet", "board", "inbox", "cases-rare", "counts"} <= asked
    assert not (tmp_path / "office" / "begun").exists()


def test_the_table_tells_what_was_missed():
    lines = [
        Line("Fast", {"nation": Spread.of([0.005, 0.004, 0.009]).told()}, "31", 1 / 6, 1 / 4),
        Line("Slow", {"nation": "9"}, "10", 0.95, 0.9),
        Line("Many", {"nation": "9"}, "1", 9, 4, more_is_better=True),
        Line("Told", {"nation": "9"}, "1", 9, None),
    ]
    told = "\n".join(table(lines))
    for words in (
        "5.0 [4.0–9.0]",
        "| 1/6 | – | ≤ 1/4 | held |",
        "| 0.95 | – | ≤ 0.9 | MISSED |",
        "| 9 | – | ≥ 4 | held |",
        "| 9 | – | – |  |",
    ):
        assert words in told
