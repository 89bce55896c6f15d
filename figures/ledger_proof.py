"""The proof of the ledger: every balance added up anew from the entries, every invariant asked again.

The database does the adding, by aggregates over all entries, past scope and screens; a row that
was changed behind the rules and triggers is named with what it says and what the entries give.
Balances and numbers are worked out here independently; the conditions of single rows are those
which the tables and triggers themselves keep (`entities/ledger.py`, `access/balances.py`), asked of
what stands now, for a constraint may have been taken away for a while. Invariants: domain §3.8.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Connection, TextClause, text
from sqlalchemy.orm import Session

from access.balances import KEPT_MONEY, REFUSED_NEW
from entities.base import Base, table_of
from entities.ledger import CHANGES
from entities.money import of_satang, shown
from models import BudgetLine, BudgetTransfer, CarryOver, LedgerEntry, PurchaseOrder

MOST = 500
"""Faults told of each question; whoever finds so many has one cause to look for."""
POSTED = "CASE WHEN status = 'posted' THEN {} ELSE 0 END"
HELD = "CASE WHEN status = 'waiting' AND {0} < 0 THEN -({0}) ELSE 0 END"
FREE = (
    "(budget_change - reserve_change - order_change - paid_change - carried_change - lapsed_change)"
)
FRESH_KEPT = "CASE WHEN lapsed_change = 0 THEN carried_change ELSE 0 END"
REMAINS = "(CASE WHEN lapsed_change = 0 THEN carried_change ELSE -lapsed_change END - drawn_change)"
SUMS: dict[type[Base], tuple[str, dict[str, str]]] = {
    BudgetLine: ("budget_line_id", {
        "net_budget": POSTED.format("budget_change"),
        "reserved": POSTED.format("reserve_change"),
        "outstanding": POSTED.format("order_change"),
        "disbursed": POSTED.format("paid_change"),
        "carried": POSTED.format("carried_change"),
        "lapsed": POSTED.format("lapsed_change"),
        "drawn": POSTED.format("drawn_change"),
        "available": POSTED.format(FREE),
        "waiting": HELD.format(FREE),
    }),
    PurchaseOrder: ("order_id", {
        "committed": POSTED.format(
            "CASE WHEN paid_change = 0 AND carried_change = 0 THEN order_change ELSE 0 END"
        ),
        "paid": POSTED.format("CASE WHEN paid_change <> 0 THEN -order_change ELSE 0 END"),
        "carried": POSTED.format(
            "CASE WHEN carried_change <> 0 AND lapsed_change = 0 THEN -order_change ELSE 0 END"
        ),
        "outstanding": POSTED.format("order_change"),
        "waiting": HELD.format("order_change"),
    }),
    CarryOver: ("carry_over_id", {
        "kept": POSTED.format(FRESH_KEPT),
        "drawn": POSTED.format("drawn_change"),
        "lapsed": POSTED.format("lapsed_change"),
        "remaining": POSTED.format(REMAINS),
        "waiting": HELD.format(REMAINS),
    }),
}  # fmt: skip
"""The rows that keep balances: how an entry names them, and what adds up to each balance."""
STANDING = {name: condition for name, condition in REFUSED_NEW.items() if name != "tg_year_closed"}
"""What is asked of a posted entry; whether its year was closed by then is asked apart."""


@dataclass(frozen=True)
class Fault:
    """A record, and what does not hold of it."""

    entity: str
    id: int | None
    what: str

    def __str__(self) -> str:
        return f"{self.entity} {self.id}: {self.what}"


def prove(session: Session, province_id: int | None = None) -> tuple[int, list[Fault]]:
    """How many entries were added up, and everything that does not hold; of one province or all.

    For the system alone: it reads past the scope.
    """
    connection = _steady(session)
    asked = _Asked(connection, province_id)
    entries = asked.one("SELECT count(*) FROM ledger_entry own WHERE 1 = 1 {t}")
    faults = [
        fault
        for question in (
            _balances,
            _numbers,
            _months,
            _rows,
            _days,
            _standing,
            _twice,
            _transfers,
            _closed,
        )
        for fault in question(asked)
    ]
    return entries, faults


def _steady(session: Session) -> Connection:
    """A connection on which all questions see the ledger at one moment, whoever posts meanwhile."""
    bind = session.get_bind()
    if bind.dialect.name == "sqlite" or session.in_transaction():
        return session.connection()
    return session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


class _Asked:
    """Asks the database; `{t}` in a statement keeps the alias `own` to the province."""

    def __init__(self, connection: Connection, province_id: int | None) -> None:
        self.connection, self.province_id = connection, province_id

    def rows(self, statement: str) -> list[Any]:
        narrowed = "AND own.province_id = :province" if self.province_id is not None else ""
        values = {"province": self.province_id} if narrowed else {}
        asked = text(f"{statement.replace('{t}', narrowed)} LIMIT {MOST}")
        return list(self.connection.execute(asked, values).mappings())

    def one(self, statement: str) -> int:
        return int(next(iter(self.rows(statement)[0].values())))


def _balances(asked: _Asked) -> Iterator[Fault]:
    """Each balance of lines, orders and carry-overs against the sum of its entries."""
    for entity, (link, sums) in SUMS.items():
        table = entity.__tablename__
        added = ", ".join(f"SUM({what}) AS {name}" for name, what in sums.items())
        told = ", ".join(f"own.{name}, coalesce(e.{name}, 0) AS sum_{name}" for name in sums)
        differs = " OR ".join(f"own.{name} <> coalesce(e.{name}, 0)" for name in sums)
        found = asked.rows(
            f"SELECT own.id, {told} FROM {table} own LEFT JOIN (SELECT {link} AS id, {added}"
            f" FROM ledger_entry WHERE {link} IS NOT NULL GROUP BY {link}) e ON e.id = own.id"
            f" WHERE ({differs}) {{t}}"
        )
        for row in found:
            for name in sums:
                if row[name] != row[f"sum_{name}"]:
                    yield _differs(table, row["id"], name, row[name], row[f"sum_{name}"])


def _differs(table: str, key: int, name: str, kept: Any, added: Any) -> Fault:
    return Fault(table, key, f"{name} is {_baht(kept)}, its entries give {_baht(added)}")


def _baht(satang: Any) -> str:
    return shown(of_satang(int(Decimal(satang))))


def _numbers(asked: _Asked) -> Iterator[Fault]:
    """Numbers run from 1 without gap within a line, and the counter stands at the last."""
    found = asked.rows(
        "SELECT own.id, coalesce(e.n, 0) AS n, coalesce(e.last, 0) AS last,"
        " coalesce(c.value, 0) AS counted FROM budget_line own"
        " LEFT JOIN (SELECT budget_line_id AS id, count(*) AS n, count(DISTINCT number) AS different,"
        " min(number) AS first, max(number) AS last FROM ledger_entry GROUP BY budget_line_id) e"
        " ON e.id = own.id LEFT JOIN counter c ON c.key = 'ledger_entry:' || own.id"
        " WHERE (coalesce(e.last, 0) <> coalesce(c.value, 0) OR coalesce(e.n, 0) <> coalesce(e.last, 0)"
        " OR e.different <> e.n OR e.first <> 1) {t}"
    )
    for row in found:
        told = f"{row['n']} entries, the last number {row['last']}, its counter at {row['counted']}"
        yield Fault("budget_line", row["id"], f"numbers do not run without gap: {told}")


def _months(asked: _Asked) -> Iterator[Fault]:
    """What is kept of each month against the entries of that month, either way."""
    sqlite = asked.connection.dialect.name == "sqlite"
    month = (
        "date(entry_date, 'start of month')"
        if sqlite
        else "date_trunc('month', entry_date)\\:\\:date"
    )
    names = [f"{name}_change" for name in CHANGES]
    plus, minus = ", ".join(names), ", ".join(f"-{name} AS {name}" for name in names)
    sums = ", ".join(f"SUM({name}) AS {name}" for name in names)
    differs = " OR ".join(f"SUM({name}) <> 0" for name in names)
    found = asked.rows(
        f"SELECT m.budget_line_id AS id, m.month, {sums} FROM"
        f" (SELECT budget_line_id, {month} AS month, {plus} FROM ledger_entry WHERE status = 'posted'"
        f" UNION ALL SELECT budget_line_id, month, {minus} FROM ledger_month) m"
        " JOIN budget_line own ON own.id = m.budget_line_id WHERE 1 = 1 {t}"
        f" GROUP BY m.budget_line_id, m.month HAVING {differs}"
    )
    for row in found:
        wrong = ", ".join(f"{name} by {_baht(row[name])}" for name in names if row[name])
        yield Fault("ledger_month", row["id"], f"month {str(row['month'])[:7]} is short: {wrong}")


def _rows(asked: _Asked) -> Iterator[Fault]:
    """The tables' own constraints, asked of every row."""
    for entity in (BudgetLine, PurchaseOrder, CarryOver, BudgetTransfer, LedgerEntry):
        checks = {
            str(one.name): f"({one.sqltext})"
            for one in sorted(table_of(entity).constraints, key=lambda one: str(one.name))
            if isinstance(one, CheckConstraint) and isinstance(one.sqltext, TextClause)
        }
        yield from _broken(asked, entity.__tablename__, checks, "NOT {}")


def _days(asked: _Asked) -> Iterator[Fault]:
    """A line's first and last day are those of its fiscal year."""
    year = "CAST(own.fiscal_year - {} AS TEXT) || '{}'"
    for row in asked.rows(
        "SELECT own.id, own.opens_on, own.closes_on FROM budget_line own WHERE"
        f" (CAST(own.opens_on AS TEXT) <> {year.format(544, '-10-01')}"
        f" OR CAST(own.closes_on AS TEXT) <> {year.format(543, '-09-30')}) {{t}}"
    ):
        yield Fault("budget_line", row["id"], f"runs from {row['opens_on']} to {row['closes_on']}")


def _standing(asked: _Asked) -> Iterator[Fault]:
    """What a posted entry must fit: year, order, carry-over, original, transfer."""
    conditions = {name: condition.replace("new.", "own.") for name, condition in STANDING.items()}
    yield from _broken(asked, "ledger_entry", conditions, "({})", "own.status = 'posted' AND")


def _broken(
    asked: _Asked, table: str, conditions: dict[str, str], form: str, only: str = ""
) -> Iterator[Fault]:
    """Rows of which any condition, put in that form, is true; the first is named."""
    asked_of = {name: form.format(what).replace(":", "\\:") for name, what in conditions.items()}
    cases = " ".join(f"WHEN {what} THEN '{name}'" for name, what in asked_of.items())
    found = asked.rows(
        f"SELECT own.id, CASE {cases} END AS broken FROM {table} own"
        f" WHERE {only} ({' OR '.join(asked_of.values())}) {{t}}"
    )
    for row in found:
        yield Fault(table, row["id"], f"does not keep {row['broken']}")


def _twice(asked: _Asked) -> Iterator[Fault]:
    """No entry is reversed twice, and no posted entry is without its approver."""
    for row in asked.rows(
        "SELECT own.reverses_id AS id, count(*) AS n FROM ledger_entry own WHERE own.reverses_id IS NOT NULL"
        " AND own.status IN ('waiting', 'posted') {t} GROUP BY own.reverses_id HAVING count(*) > 1"
    ):
        yield Fault("ledger_entry", row["id"], f"is reversed {row['n']} times")
    for row in asked.rows(
        "SELECT own.id FROM ledger_entry own WHERE own.status = 'posted' AND own.approved_by IS NULL {t}"
    ):
        yield Fault("ledger_entry", row["id"], "is posted without an approver")


def _transfers(asked: _Asked) -> Iterator[Fault]:
    """Each transfer has its two entries in its own state, and nets to zero."""
    legs = "e.kind IN ('transfer_in', 'transfer_out')"
    for row in asked.rows(
        "SELECT own.id, own.status, SUM(CASE WHEN e.kind = 'transfer_in' THEN 1 ELSE 0 END) AS came,"
        " SUM(CASE WHEN e.kind = 'transfer_out' THEN 1 ELSE 0 END) AS went,"
        f" SUM(CASE WHEN {legs} AND e.status <> own.status THEN 1 ELSE 0 END) AS apart,"
        " coalesce(SUM(CASE WHEN e.status = 'posted' THEN e.budget_change ELSE 0 END), 0) AS net"
        " FROM budget_transfer own LEFT JOIN ledger_entry e ON e.transfer_id = own.id WHERE 1 = 1 {t}"
        " GROUP BY own.id, own.status HAVING"
        " SUM(CASE WHEN e.kind = 'transfer_in' THEN 1 ELSE 0 END) <> 1"
        " OR SUM(CASE WHEN e.kind = 'transfer_out' THEN 1 ELSE 0 END) <> 1"
        f" OR SUM(CASE WHEN {legs} AND e.status <> own.status THEN 1 ELSE 0 END) > 0"
        " OR SUM(CASE WHEN e.status = 'posted' THEN e.budget_change ELSE 0 END) <> 0"
    ):
        told = f"{row['went']} out, {row['came']} in, {row['apart']} not “{row['status']}”"
        yield Fault("budget_transfer", row["id"], f"{told}, nets to {_baht(row['net'])}")


CLOSE = (
    "JOIN fiscal_year_close f ON f.fiscal_year = {line}.fiscal_year AND f.removed_at IS NULL"
    " AND (f.province_id = {line}.province_id OR f.cluster_id = {line}.cluster_id)"
)


def _closed(asked: _Asked) -> Iterator[Fault]:
    """A closed year: nothing entered or posted afterwards, no line touched, no money left open."""
    kept = KEPT_MONEY.replace("new.", "own.")
    for row in asked.rows(
        "SELECT own.id FROM ledger_entry own JOIN budget_line l ON l.id = own.budget_line_id"
        f" {CLOSE.format(line='l')} WHERE NOT {kept} AND (own.made_at > f.made_at"
        " OR own.posted_at > f.made_at OR own.status = 'waiting') {t}"
    ):
        yield Fault("ledger_entry", row["id"], "was made or posted after its year was closed")
    for row in asked.rows(
        f"SELECT own.id FROM budget_line own {CLOSE.format(line='own')}"
        " WHERE (own.made_at > f.made_at OR own.changed_at > f.made_at) {t}"
    ):
        yield Fault("budget_line", row["id"], "was changed after its year was closed")
    for row in asked.rows(
        f"SELECT own.id FROM budget_line own {CLOSE.format(line='own')} WHERE (own.available <> 0"
        " OR own.reserved <> 0 OR own.outstanding <> 0 OR own.waiting <> 0) {t}"
    ):
        yield Fault("budget_line", row["id"], "has money open in a closed year")
