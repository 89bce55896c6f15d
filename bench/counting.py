"""How many queries a list page costs, counted where they leave for the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event
from sqlalchemy.engine import Engine

from bench.client import Browser
from bench.generate import COMMON, Folder
from bench.ours import served
from bench.questions import OURS
from bench.report import Line
from settings import read

MOST = 6
PAGES = {
    "List page": "",
    "Page 100": "?page=100",
    "Filtered, searched and sorted": f"?province_id=16&search={COMMON}&sort=-received_on",
}


def measured(folder: Folder, browser: Browser) -> Iterator[Line]:
    """Count the queries of each page for a person who has seen one before; BEGIN is none."""
    client = served(read({"JANGWAT_DATA": str(folder.ours), "JANGWAT_LOG": "text"})).test_client()
    for name, value in browser.cookies.items():
        client.set_cookie(name, value, domain="localhost")
    client.get(OURS)
    for title, query in PAGES.items():
        with counted() as statements:
            client.get(OURS + query)
        yield Line(
            f"Queries: {title}", {"nation": f"{len(statements)}"}, "–", len(statements), MOST
        )


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are executed while the block runs."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            found.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)
