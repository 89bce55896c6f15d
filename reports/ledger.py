"""Reports on the budget: disbursement against target with rank, and the course of a fiscal year."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from entities import dates
from entities.base import Text
from entities.ledger import CHANGES
from entities.money import NOTHING as NO_MONEY
from entities.money import percent
from entities.vocabulary import EntryStatus, Light, SpendingKind, TargetKind, TargetMeasure
from figures import ledger as figures
from figures import ledger_targets as targets
from figures.ledger import Month, Targets, Totals
from figures.ledger_targets import Standing
from models import Agency, BudgetLine, LedgerEntry
from reports.base import (
    NOTHING,
    Asked,
    Bars,
    Cell,
    Column,
    Curve,
    Line,
    Opens,
    Parameter,
    Record,
    Report,
    Result,
    Row,
    Rows,
    Series,
    Within,
    lang,
    province_names,
    province_of,
)
from reports.ledger_ends import AREA, AT_RISK, EXPIRING, FISCAL_YEAR, Filters, names_of

UNIT, KIND, QUARTER = range(3)
GROUPINGS: dict[int, Text] = {
    UNIT: _l("Province or agency"),
    KIND: _l("Kind of expenditure"),
    QUARTER: _l("Quarter"),
}
"""What the rows may be; inside one province a unit is an agency."""
KINDS: dict[int, SpendingKind | None] = {0: None, **dict(enumerate(SpendingKind, 1))}
BY = Parameter(
    "by", _l("Grouped by"), lambda _today: UNIT, lambda _session, _today: list(GROUPINGS),
    lambda n: str(GROUPINGS[n]),
)  # fmt: skip
OF_KIND = Parameter(
    "kind", _l("Kind of expenditure"), lambda _today: 0, lambda _session, _today: list(KINDS),
    lambda n: str(KINDS[n] or TargetKind.OVERALL),
)  # fmt: skip
LIGHTS: dict[Light, Text] = {
    Light.GREEN: _l("At or above the target"),
    Light.AMBER: _l("A little below the target"),
    Light.RED: _l("Far below the target"),
}
AMOUNTS = ("net_budget", "outstanding", "disbursed", "available")


@dataclass(frozen=True)
class Group:
    """One row to be: its name and what the name opens, its figures and rows, its kind's target."""

    name: str
    named: Opens | None
    totals: Totals
    rows: Rows
    kind: SpendingKind | None = None
    ranked: bool = True


def _disbursement(session: Session, asked: Asked) -> Result:
    year, by = asked.values["fiscal_year"], asked.values["by"]
    known, day = figures.targets(session, year), targets.reading_day(year, asked.today)
    if by == QUARTER:
        return _by_quarter(session, asked, known, day)
    groups = _units(session, asked) if by == UNIT else _kinds(session, asked)
    stood = [_standing(known, day, group.totals, group.kind) for group in groups]
    ranks = targets.ranks([
        one.percent if group.ranked and by == UNIT else None
        for group, one in zip(groups, stood, strict=True)
    ])  # fmt: skip
    rows = [
        _row(*parts) for parts in sorted(
            zip(groups, stood, ranks, strict=True), key=lambda parts: (parts[2] is None, parts[2] or 0)
        )
    ]  # fmt: skip
    everything = _everything(asked, session, [group.totals for group in groups])
    overall = _standing(known, day, everything.totals, None)
    return Result(
        rows, _row(everything, overall, None) if rows else None, _percent_bars(rows, overall.target),
        _left_out(session, asked, groups),
    )  # fmt: skip


def _home(session: Session, asked: Asked) -> int | None:
    """The one province whose lines are meant, None for all that are reached."""
    return None if asked.many else province_of(session, DISBURSEMENT, asked)


def _filters(session: Session, asked: Asked, *more: tuple[str, str]) -> Filters:
    """The filters of the year's lines, of the province asked for."""
    home = _home(session, asked)
    here = (("province_id", str(home)),) if home else ()
    return ("fiscal_year", str(asked.values["fiscal_year"])), *here, *more


def _units(session: Session, asked: Asked) -> list[Group]:
    """Provinces, or the agencies of one province, by one aggregate query."""
    year, home = asked.values["fiscal_year"], _home(session, asked)
    column = BudgetLine.agency_id if home else BudgetLine.province_id
    found = figures.totals(session, year, column, province_id=home)
    if home is None:
        return _provinces(session, asked, found)
    names = names_of(session, Agency.id, Agency.name, [one.key[0] for one in found])
    return [
        Group(
            names.get(one.key[0], _("No agency named")),
            Record(Agency, one.key[0]) if one.key[0] else None,
            one,
            Rows(BudgetLine, _filters(session, asked, _chosen("agency_id", one.key[0]))),
            ranked=one.key[0] is not None,
        )
        for one in found
    ]


def _provinces(session: Session, asked: Asked, found: list[Totals]) -> list[Group]:
    names, by_key = province_names(session), {one.key[0]: one for one in found}
    groups = [
        Group(name, Within(key), by_key[key],
              Rows(BudgetLine, _filters(session, asked, ("province_id", str(key)))))
        for key, name in names.items() if key in by_key
    ]  # fmt: skip
    if None in by_key:
        opened = Rows(BudgetLine, _filters(session, asked, _chosen("province_id", None)))
        groups.append(Group(_("Province clusters"), None, by_key[None], opened, ranked=False))
    return groups


def _chosen(name: str, key: int | None) -> tuple[str, str]:
    return (f"{name}.empty", "1") if key is None else (name, str(key))


def _kinds(session: Session, asked: Asked) -> list[Group]:
    year, home = asked.values["fiscal_year"], _home(session, asked)
    found = {
        one.key[0]: one for one in figures.totals(session, year, BudgetLine.kind, province_id=home)
    }
    return [
        Group(str(kind), None, found[kind],
              Rows(BudgetLine, _filters(session, asked, ("kind", kind.value))), kind)
        for kind in SpendingKind if kind in found
    ]  # fmt: skip


def _everything(asked: Asked, session: Session, found: Sequence[Totals]) -> Group:
    title = _("All provinces") if asked.many else _("All budget lines")
    return Group(title, None, figures.together(found), Rows(BudgetLine, _filters(session, asked)))


def _standing(known: Targets, day: date, totals: Totals, kind: SpendingKind | None) -> Standing:
    due = figures.next_target(known, day, targets.TARGET_OF[kind])
    return targets.standing(totals.percent_disbursed, due[1] if due else None, targets.amber())


def _row(group: Group, standing: Standing, rank: int | None) -> Row:
    opened = group.rows if group.totals.lines else None
    return {
        "name": Cell(group.name, group.named),
        "lines": Cell(group.totals.lines, opened),
        **{name: Cell(getattr(group.totals, name), opened) for name in AMOUNTS},
        "percent_used": Cell(group.totals.percent_used),
        **_stood(standing),
        "rank": Cell(rank),
    }


def _stood(standing: Standing) -> Row:
    words = LIGHTS.get(standing.light)
    light = Cell(str(words), tone=standing.light.tone, sign=standing.light.sign)
    return {
        "percent": Cell(standing.percent),
        "target": Cell(standing.target),
        "difference": Cell(standing.difference),
        "light": light if words else Cell(None),
    }


def _percent_bars(rows: Sequence[Row], goal: Decimal | None) -> Bars:
    shown = [row for row in rows if row["percent"].value is not None]
    values = tuple(Decimal(str(row["percent"].value)) for row in shown)
    title = _("Disbursed, percent of the net budget")
    axis = _("%(title)s; target %(target)s", title=title, target=goal) if goal else title
    names = tuple(str(row["name"].value) for row in shown)
    return Bars(names, (Series(title, "brand", values),), axis, goal=goal, places=2)


def _left_out(session: Session, asked: Asked, groups: Sequence[Group]) -> tuple[str, ...]:
    """How many provinces have no line, where provinces are ranked."""
    if not asked.many or asked.values["by"] != UNIT:
        return ()
    with_lines = sum(isinstance(group.named, Within) for group in groups)
    left = len(province_names(session)) - with_lines
    return (_("%(n)s provinces have no budget line here.", n=left),) if left else ()


def _by_quarter(session: Session, asked: Asked, known: Targets, day: date) -> Result:
    """What stood at each quarter's end, up to the present one."""
    year = asked.values["fiscal_year"]
    so_far = _so_far(figures.months(session, year, province_id=_home(session, asked)), year, day)
    rows = [
        _quarter(session, asked, n, so_far[min(3 * n, len(so_far)) - 1], known)
        for n in range(1, (len(so_far) + 2) // 3 + 1)
    ]
    return Result(rows, None, _percent_bars(rows, None))


def _quarter(session: Session, asked: Asked, n: int, end: "End", known: Targets) -> Row:
    year = asked.values["fiscal_year"]
    first = dates.fiscal_year_start(year)
    quarter_end = dates.month_end(_month(year, 3 * n - 1))
    target = known.get((quarter_end, TargetKind.OVERALL, TargetMeasure.DISBURSE))
    return {
        "name": Cell(_("Up to quarter %(n)s", n=n)),
        "lines": Cell(None),
        **{
            name: Cell(getattr(end, name), _entries(session, asked, first, quarter_end, name))
            for name in AMOUNTS
        },
        "percent_used": Cell(percent(end.disbursed + end.outstanding, end.net_budget)),
        **_stood(targets.standing(percent(end.disbursed, end.net_budget), target, targets.amber())),
        "rank": Cell(None),
    }


CHANGED = {"net_budget": "budget", "outstanding": "order", "disbursed": "paid", "paid": "paid"}
"""What the entries behind a figure change, as their list filters it; the rest follows from all."""


def _entries(session: Session, asked: Asked, first: date, last: date, name: str) -> Rows:
    """The posted entries between two days of the year's lines that make up a figure."""
    kind = KINDS[asked.values.get("kind", 0)]
    return Rows(LedgerEntry, (
        *_filters(session, asked), *((("line_kind", kind.value),) if kind else ()),
        ("entry_date.from", first.isoformat()), ("entry_date.to", last.isoformat()),
        ("status", EntryStatus.POSTED.value),
        *((("changes", CHANGED[name]),) if name in CHANGED else ()),
    ))  # fmt: skip


@dataclass(frozen=True)
class End:
    """What stood at a month's end; `paid` is what was disbursed in the month alone."""

    month: date
    paid: Decimal
    net_budget: Decimal
    outstanding: Decimal
    disbursed: Decimal
    available: Decimal


def _month(year: int, n: int) -> date:
    """The first day of the n-th month (from 0) of a fiscal year."""
    first = dates.fiscal_year_start(year)
    return date(first.year + (n + 9) // 12, (n + 9) % 12 + 1, 1)


def _so_far(found: Sequence[Month], year: int, day: date) -> list[End]:
    """The end of each month of a fiscal year up to a day; months without entries repeat the last."""
    by_month = {one.month: one for one in found}
    months = [month for n in range(12) if (month := _month(year, n)) <= day]
    changes = [
        [getattr(by_month[m], f"{name}_change") if m in by_month else NO_MONEY for name in CHANGES]
        for m in months
    ]
    sums = accumulate(changes, lambda a, b: [x + y for x, y in zip(a, b, strict=True)])
    return [
        _end(month, dict(zip(CHANGES, own, strict=True)), dict(zip(CHANGES, whole, strict=True)))
        for month, own, whole in zip(months, changes, sums, strict=True)
    ]


def _end(month: date, own: dict[str, Decimal], whole: dict[str, Decimal]) -> End:
    taken = sum(
        (whole[name] for name in ("reserve", "order", "paid", "carried", "lapsed")), NO_MONEY
    )
    return End(
        month, own["paid"], whole["budget"], whole["order"], whole["paid"], whole["budget"] - taken
    )


DISBURSEMENT = Report(
    key="disbursement",
    title=_l("Disbursement against target"),
    area=AREA,
    entity=BudgetLine,
    parameters=(FISCAL_YEAR, BY),
    columns=(
        Column("name", _l("Grouped by")),
        Column("rank", _l("Rank"), "number"),
        Column("lines", _l("Lines"), "number"),
        Column("net_budget", _l("Net budget"), "money"),
        Column("outstanding", _l("Outstanding commitments"), "money"),
        Column("disbursed", _l("Disbursed"), "money"),
        Column("available", _l("Available"), "money"),
        Column("percent", _l("Disbursed (%)"), "percent"),
        Column("percent_used", _l("Disbursed and committed (%)"), "percent"),
        Column("target", _l("Target (%)"), "percent"),
        Column("difference", _l("Above or below target"), "points"),
        Column("light", _l("Light"), "chip"),
    ),
    figure=_disbursement,
    notes=(
        _l("Disbursed (%) = disbursed ÷ net budget × 100 of exact baht, rounded half up to two"
           " places. Only posted entries count; what was carried over counts in its own report."),
        _l("The target is the next one from the day of the figures on; where none is set, a dash"
           " stands and no light."),
    ),
    empty=(_l("No budget line"), _l("Budget lines of the fiscal year appear here.")),
    in_packet=False,
)  # fmt: skip


def _course(session: Session, asked: Asked) -> Result:
    year, kind = asked.values["fiscal_year"], KINDS[asked.values["kind"]]
    known = figures.targets(session, year)
    found = figures.months(session, year, province_id=_course_home(session, asked), kind=kind)
    ends = _so_far(found, year, targets.reading_day(year, asked.today))
    rows = [_course_row(session, asked, _month(year, n), ends[n : n + 1], known) for n in range(12)]
    return Result(rows, None, _curve(rows))


def _course_home(session: Session, asked: Asked) -> int | None:
    return None if asked.many else province_of(session, COURSE, asked)


def _course_row(
    session: Session, asked: Asked, month: date, end: Sequence[End], known: Targets
) -> Row:
    """A month; one that is still to come has its target alone."""
    kind = targets.TARGET_OF[KINDS[asked.values["kind"]]]
    last = dates.month_end(month)
    target = known.get((last, kind, TargetMeasure.DISBURSE))
    name = f"{dates.month_name(month.month, lang(), short=True)} {_shown_year(month)}"
    row: Row = {"month": Cell(name), **_stood(targets.standing(None, target, targets.amber()))}
    begin = dates.fiscal_year_start(asked.values["fiscal_year"])
    for one in end:
        spent = percent(one.disbursed, one.net_budget)
        row |= {
            **{
                name: Cell(getattr(one, name), _entries(session, asked, since, last, name))
                for name, since in (
                    ("net_budget", begin), ("outstanding", begin), ("paid", month), ("disbursed", begin),
                )
            },
            "percent_used": Cell(percent(one.disbursed + one.outstanding, one.net_budget)),
            **_stood(targets.standing(spent, target, targets.amber())),
        }  # fmt: skip
    return row


def _shown_year(day: date) -> int:
    return dates.be_year(day) if lang() == "th" else day.year


def _curve(rows: Sequence[Row]) -> Curve:
    def values(key: str) -> tuple[Decimal | None, ...]:
        found = [row[key].value if key in row else None for row in rows]
        return tuple(value if isinstance(value, Decimal) else None for value in found)

    lines = (
        Line(_("Disbursed (%)"), "ok", values("percent")),
        Line(_("Disbursed and committed (%)"), "brand", values("percent_used")),
        Line(_("Target (%)"), "worst", values("target"), dashed=True),
    )
    names = tuple(str(row["month"].value or NOTHING) for row in rows)
    return Curve(names, lines, _("Percent of the net budget"), Decimal(100))


COURSE = Report(
    key="disbursement-course",
    title=_l("Disbursed and committed over the year"),
    area=AREA,
    entity=BudgetLine,
    parameters=(FISCAL_YEAR, OF_KIND),
    columns=(
        Column("month", _l("Month")),
        Column("net_budget", _l("Net budget so far"), "money"),
        Column("outstanding", _l("Outstanding at the month's end"), "money"),
        Column("paid", _l("Disbursed in the month"), "money"),
        Column("disbursed", _l("Disbursed so far"), "money"),
        Column("percent", _l("Disbursed (%)"), "percent"),
        Column("percent_used", _l("Disbursed and committed (%)"), "percent"),
        Column("target", _l("Target (%)"), "percent"),
        Column("difference", _l("Above or below target"), "points"),
        Column("light", _l("Light"), "chip"),
    ),
    figure=_course,
    notes=(
        _l("At each month's end, of exact baht: disbursed ÷ net budget × 100. A target stands only"
           " in the month for which one is set; the dashed line only joins these."),
    ),
    in_packet=False,
)  # fmt: skip

REPORTS = (DISBURSEMENT, COURSE, AT_RISK, EXPIRING)
