"""Who did what to which record: written in the transaction of the change, chained and sealed.

Each province has a chain, and one (0) serves what belongs to no province. An entry's seal is
HMAC-SHA-256 over the entry and the seal before it, with a key kept in the data folder. The
chain's head row is locked last, so that it cannot deadlock with counters.
"""

import enum
import hmac
import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import Connection, Dialect, bindparam, event, insert, inspect, select, update
from sqlalchemy.orm import Session

from access import viewer as who
from access.database import PREPARED, dialect, inserting, writing
from entities import dates, thai
from entities.base import Base, fields, is_changed, table_of
from entities.vocabulary import Act
from models import AuditEntry, AuditHead, UserAccount

ENTRY, HEAD, ACCOUNT = map(table_of, (AuditEntry, AuditHead, UserAccount))
SEALED = (
    "chain",
    "position",
    "previous",
    "at",
    "actor_id",
    "actor",
    "act",
    "entity",
    "record_id",
    "record",
    "province_id",
    "place",
    "changes",
)
START = "0" * 64
LOCKING = (
    select(HEAD.c.position, HEAD.c.seal)
    .where(HEAD.c.chain == bindparam("of"))
    .with_for_update()
    .execution_options(**PREPARED)
)
MOVING = (
    update(HEAD)
    .where(HEAD.c.chain == bindparam("of"))
    .values(position=bindparam("position"), seal=bindparam("seal"))
)
"""What each commit sends beside the entries, put together once."""
MASK = "•••"
LONGEST_NAME = 200
"""Letters of a record's name that an entry keeps."""
_last_anchor = 0.0


@dataclass
class Note:
    """An act to be entered at commit; `changes` maps a field to its old and new value."""

    act: Act
    entity: str
    record_id: int | None
    record: str | None
    province_id: int | None
    changes: dict[str, list[Any]]


def note(
    session: Session,
    act: Act,
    entity: str,
    record_id: int | None = None,
    *,
    record: str | None = None,
    province_id: int | None = None,
    **changes: Any,
) -> None:
    """Enter an act that changes no row (an export, a sign-in) at the session's next commit."""
    told = {key: [None, plain(value)] for key, value in changes.items()}
    _notes(session).append(Note(act, entity, record_id, record, province_id, told))


def note_alone(
    viewer: who.Viewer,
    act: Act,
    entity: str,
    record_id: int | None = None,
    *,
    place: str | None = None,
    **told: Any,
) -> None:
    """Enter an act in a transaction of its own; a refusal once per person, act and minute."""
    from access.database import db

    token = writing.set(True)
    try:
        with Session(db.engine) as session:
            who.act_as(session, viewer, place)
            if act is not Act.REFUSED or not _just_refused(session, viewer, entity, record_id):
                note(session, act, entity, record_id, **told)
            session.commit()
    finally:
        writing.reset(token)


def _just_refused(session: Session, viewer: who.Viewer, entity: str, record_id: int | None) -> bool:
    since = (dates.now() - timedelta(minutes=1)).isoformat()
    found = session.connection().execute(
        select(ENTRY.c.id)
        .where(
            ENTRY.c.act == Act.REFUSED.value,
            ENTRY.c.actor_id == viewer.user_id,
            ENTRY.c.entity == entity,
            ENTRY.c.record_id == record_id,
            ENTRY.c.at >= since,
        )
        .limit(1)
    )
    return found.first() is not None


def _notes(session: Session) -> list[Note]:
    notes: list[Note] = session.info.setdefault("audit", [])
    return notes


def plain(value: Any) -> Any:
    """A value as it stands in the audit: JSON, with dates in ISO and choices by their code."""
    if type(value) in (str, int, bool):
        return value
    if type(value) is Decimal:
        return f"{value:.2f}"
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, date | datetime | clock):
        return value.isoformat()
    return value


@event.listens_for(Session, "after_flush")
def _collect(session: Session, _: Any) -> None:
    for row in session.new:
        if isinstance(row, Base):
            _notes(session).append(_noted(Act.CREATE, row, _made(row)))
    for row in session.dirty:
        if isinstance(row, Base) and is_changed(row):
            changes = _changed(row)
            if changes:
                act = Act.REMOVE if "removed_at" in changes else Act.EDIT
                _notes(session).append(_noted(act, row, changes))
    for row in session.deleted:
        if isinstance(row, Base):
            _notes(session).append(_noted(Act.REMOVE, row, {}))


def _noted(act: Act, row: Base, changes: dict[str, list[Any]]) -> Note:
    return Note(
        act, row.__tablename__, row.id, thai.shorten(str(row), LONGEST_NAME),
        getattr(row, "province_id", None), changes,
    )  # fmt: skip


def _veiled(row: Base) -> frozenset[str]:
    """The fields of a row that the audit masks beside the private ones, for fewer may read it."""
    sealed = any(getattr(row, column) is not None for column in row.__read_by__)
    return row.__veiled__ if sealed else frozenset()


def _made(row: Base) -> dict[str, list[Any]]:
    values, unread, veiled = row.__dict__, inspect(row).expired_attributes, _veiled(row)
    return {
        key: [None, MASK if told.private or key in veiled else plain(value)]
        for key, told in fields(type(row)).items()
        if not told.derived
        and (value := getattr(row, key) if key in unread else values.get(key)) is not None
    }


def _changed(row: Base) -> dict[str, list[Any]]:
    told, state, changes, veiled = fields(type(row)), inspect(row), {}, _veiled(row)
    for key in [*(key for key in told if not told[key].derived), "removed_at"]:
        if key not in state.committed_state:
            continue
        history = state.attrs[key].history
        if history.has_changes():
            old = history.deleted[0] if history.deleted else None
            new = history.added[0] if history.added else None
            private = key in veiled or (key in told and told[key].private)
            changes[key] = [MASK, MASK] if private else [plain(old), plain(new)]
    return changes


@event.listens_for(Session, "after_transaction_create")
def _remember(session: Session, transaction: Any) -> None:
    if transaction.nested:
        session.info.setdefault("savepoints", {})[transaction] = len(_notes(session))


@event.listens_for(Session, "after_soft_rollback")
def _cut_back(session: Session, previous: Any) -> None:
    length = session.info.get("savepoints", {}).pop(previous, 0 if not previous.nested else None)
    if length is not None:
        del _notes(session)[length:]


@event.listens_for(Session, "before_commit")
def _write(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.flush()
    for prepare in BEFORE_SEALING:
        prepare(session)
    notes = session.info.pop("audit", [])
    chains: dict[int, list[Note]] = {}
    for one in notes:
        chains.setdefault(one.province_id or 0, []).append(one)
    for chain in sorted(chains):
        _append(session, chain, chains[chain])


BEFORE_SEALING: list[Any] = []
"""Called with the session before the audit is sealed; the rules put their checks here."""


def _append(session: Session, chain: int, notes: Iterable[Note]) -> None:
    connection, viewer = session.connection(), who.of(session)
    position, seal = _locked_head(session, chain)
    at, key, rows = dates.now().isoformat(), _key(), []
    for one in notes:
        position += 1
        row = {
            "chain": chain,
            "position": position,
            "previous": seal,
            "at": at,
            "actor_id": viewer.user_id,
            "actor": viewer.username or viewer.name,
            "act": one.act.value,
            "entity": one.entity,
            "record_id": one.record_id,
            "record": one.record,
            "province_id": one.province_id,
            "place": session.info.get("place"),
            "changes": written(one.changes),
        }
        seal = row["seal"] = sealed(row, key)
        rows.append(row)
    _enter(connection, rows)
    connection.execute(MOVING, {"of": chain, "position": position, "seal": seal})
    session.info.setdefault("heads", {})[chain] = (position, seal)


def _enter(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Send a chain's new entries as they are: text and numbers, with which no type has to do anything."""
    statement, order = _entering(connection.dialect)
    told: list[Any] = rows
    if order is not None:
        told = [tuple(row[name] for name in order) for row in rows]
    connection.exec_driver_sql(statement, told)


@lru_cache(maxsize=2)
def _entering(database: Dialect) -> tuple[str, tuple[str, ...] | None]:
    """The statement as the driver takes it, and the order of its values where they have no names."""
    columns = [column.key for column in ENTRY.c if column.key != "id"]
    made: Any = insert(ENTRY).compile(dialect=database, column_keys=columns)
    return str(made), tuple(made.positiontup) if made.positiontup else None


def _locked_head(session: Session, chain: int) -> tuple[int, str]:
    """Length and seal of a chain, locked until the transaction ends; begun where it is new."""
    connection = session.connection()
    found = connection.execute(LOCKING, {"of": chain}).first()
    if found is None:
        begun = inserting(dialect(session))(HEAD).values(chain=chain, position=0, seal=START)
        connection.execute(begun.on_conflict_do_nothing())
        found = connection.execute(LOCKING, {"of": chain}).one()
    return found.position, found.seal


def _key() -> bytes:
    key: bytes = current_app.config["SETTINGS"].key("audit")
    return key


def sealed(row: Any, key: bytes) -> str:
    """The seal of an entry: HMAC-SHA-256, in hexadecimal, over its sealed columns in order."""
    text = written([row[name] for name in SEALED])
    return hmac.digest(key, text.encode(), "sha256").hex()


written = json.JSONEncoder(ensure_ascii=False).encode
"""A value as JSON; made once, since an import of many rows writes many of them."""


def anchors() -> Path:
    """The file in the data folder where heads are written down outside the database."""
    folder: Path = current_app.config["SETTINGS"].folder("audit")
    return folder / "heads.jsonl"


@event.listens_for(Session, "after_commit")
def _anchor(session: Session) -> None:
    global _last_anchor
    heads = session.info.get("heads")
    if not heads or time.monotonic() - _last_anchor < 1:
        return
    del session.info["heads"]
    _last_anchor = time.monotonic()
    at = dates.now().isoformat()
    with anchors().open("a", encoding="utf-8") as file:
        for chain, (position, seal) in sorted(heads.items()):
            file.write(
                json.dumps({"at": at, "chain": chain, "position": position, "seal": seal}) + "\n"
            )


def head(session: Session, province_id: int | None) -> tuple[int, str]:
    """Length and seal of a province's chain (0, zeros while it is empty), for workbooks."""
    found = (
        session.connection()
        .execute(select(HEAD.c.position, HEAD.c.seal).where(HEAD.c.chain == (province_id or 0)))
        .first()
    )
    return (found.position, found.seal) if found else (0, START)


def history(session: Session, entity: str, record_id: int, limit: int = 200) -> list[Any]:
    """The entries of one record, newest first; the caller has already reached the record.

    With each the name of the person whose account it was, as `person`.
    """
    return list(
        session.connection().execute(
            select(ENTRY, ACCOUNT.c.name.label("person"))
            .outerjoin(ACCOUNT, ACCOUNT.c.id == ENTRY.c.actor_id)
            .where(ENTRY.c.entity == entity, ENTRY.c.record_id == record_id)
            .order_by(ENTRY.c.id.desc())
            .limit(limit)
        )
    )


def verify(session: Session) -> tuple[int, list[str]]:
    """Check every chain, length and recorded head; the number of entries and what is wrong."""
    key, count = _key(), 0
    wrong: list[str] = []
    ends: dict[int, tuple[int, str]] = {}
    rows = (
        session.connection()
        .execution_options(yield_per=1000)
        .execute(select(ENTRY).order_by(ENTRY.c.chain, ENTRY.c.position))
    )
    recorded = _recorded()
    for row in rows.mappings():
        count += 1
        wrong.extend(_faults(row, ends.get(row["chain"], (0, START)), key, recorded))
        ends[row["chain"]] = (row["position"], row["seal"])
    wrong.extend(_missing_ends(session, ends))
    wrong.extend(
        f"chain {c}, entry {p}: written down in {anchors().name}, but missing"
        for (c, p) in recorded
        if p > ends.get(c, (0, START))[0]
    )
    return count, wrong


def _faults(
    row: Any, end: tuple[int, str], key: bytes, recorded: dict[tuple[int, int], str]
) -> Iterator[str]:
    place = f"chain {row['chain']}, entry {row['position']} (id {row['id']})"
    if row["position"] != end[0] + 1:
        yield f"{place}: entries before it are missing"
    if row["previous"] != end[1]:
        yield f"{place}: does not follow from the entry before"
    if not hmac.compare_digest(row["seal"], sealed(row, key)):
        yield f"{place}: was changed after it was sealed"
    if recorded.get((row["chain"], row["position"]), row["seal"]) != row["seal"]:
        yield f"{place}: differs from the head written down outside the database"


def _missing_ends(session: Session, ends: dict[int, tuple[int, str]]) -> Iterator[str]:
    for chain, position, seal in session.connection().execute(
        select(HEAD.c.chain, HEAD.c.position, HEAD.c.seal)
    ):
        if ends.get(chain, (0, START)) != (position, seal):
            yield f"chain {chain}: its head says {position} entries, {ends.get(chain, (0, ''))[0]} are there"


def _recorded() -> dict[tuple[int, int], str]:
    if not anchors().exists():
        return {}
    lines = [json.loads(line) for line in anchors().read_text(encoding="utf-8").splitlines()]
    return {(line["chain"], line["position"]): line["seal"] for line in lines}
