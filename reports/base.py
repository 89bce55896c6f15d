"""A report is a figure with a name: its columns, its chart, and who may read it.

A figure's rows are made of cells; a counted cell says which records it counted, so that every
screen and workbook can open it. A report speaks either of many provinces, one row each, or of
one, with what stands inside it. What it says is taken once (`Report.take`) and then drawn as a
page, a workbook, a csv file or a section of a meeting's packet.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from access import viewer as who
from entities import dates, money
from entities.base import Base, Text
from figures import governance
from models import Province

Kind = Literal["text", "number", "share", "percent", "points", "money", "decimal", "date", "chip"]
"""What a column holds: percent, points (a difference of two percentages, with its sign), money
(baht) and decimal are a `Decimal` of two places."""
NUMERIC = frozenset({"number", "share", "percent", "points", "money", "decimal"})
NOTHING = "–"
"""What stands where there is no figure, such as a share of nothing."""


@dataclass(frozen=True)
class Rows:
    """The records behind a figure: a list's filters as its address has them."""

    entity: type[Base]
    filters: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Record:
    """One record."""

    entity: type[Base]
    id: int


@dataclass(frozen=True)
class Within:
    """The same report for one province."""

    province_id: int


Opens = Rows | Record | Within


@dataclass(frozen=True)
class Cell:
    """A value and what opens behind it.

    `whole` is what a share is a part of; tone and sign (as in `entities.vocabulary`) draw a chip.
    """

    value: str | int | Decimal | date | None
    opens: Opens | None = None
    whole: int | None = None
    tone: str = ""
    sign: str = ""


@dataclass(frozen=True)
class Column:
    """A column; `seen` says whether it stands among many provinces, inside one, or always."""

    key: str
    label: Text
    kind: Kind = "text"
    seen: Literal["always", "many", "one"] = "always"


@dataclass(frozen=True)
class Series:
    """One row of bars; the tone names its colours in `reports.charts`."""

    title: str
    tone: str
    values: tuple[int | Decimal, ...]


@dataclass(frozen=True)
class Bars:
    """What a chart shows: bars over categories, stacked where there are several series.

    `goal` draws a line at the number that is aimed at; `places` are the decimals of its numbers.
    """

    categories: tuple[str, ...]
    series: tuple[Series, ...]
    axis: str
    goal: int | Decimal | None = None
    places: int = 0

    def __bool__(self) -> bool:
        return any(any(one.values) for one in self.series)


@dataclass(frozen=True)
class Line:
    """One line over the categories; it stops where a value is None. A plan is drawn dashed."""

    title: str
    tone: str
    values: tuple[Decimal | None, ...]
    dashed: bool = False


@dataclass(frozen=True)
class Curve:
    """What a chart shows: lines over categories, such as percentages by month.

    The axis runs from nothing to `most`, or to the largest value where that is larger.
    """

    categories: tuple[str, ...]
    lines: tuple[Line, ...]
    axis: str
    most: Decimal = Decimal(0)

    def __bool__(self) -> bool:
        return any(value is not None for one in self.lines for value in one.values)


@dataclass(frozen=True)
class Spot:
    """A place on a map (degrees), how much is there, and how much of that is late."""

    name: str
    latitude: float
    longitude: float
    value: int
    late: int = 0


@dataclass(frozen=True)
class Map:
    """What a chart shows: places as circles as large as their values, and how much of it is late.

    `axis` says what is counted, `late` what is called so.
    """

    spots: tuple[Spot, ...]
    axis: str
    late: str

    def __bool__(self) -> bool:
        return bool(self.spots)

    @property
    def categories(self) -> tuple[str, ...]:
        """The places, those with most first, as other charts name what they count."""
        return tuple(one.name for one in self.ranked)

    @property
    def ranked(self) -> list[Spot]:
        """The places, those with most first."""
        return sorted(self.spots, key=lambda one: -one.value)

    def bars(self) -> Bars:
        """The same as bars, for paper and workbooks that draw no map."""
        found = self.ranked
        series = (
            Series(self.axis, "brand", tuple(one.value - one.late for one in found)),
            Series(self.late, "bad", tuple(one.late for one in found)),
        )
        return Bars(self.categories, series, self.axis)


Chart = Bars | Curve | Map


@dataclass(frozen=True)
class Asked:
    """What a person asks of a report: the day, a province or None for all, and the parameters.

    `many` is whether more than one province is reached and none was chosen.
    """

    today: date
    province_id: int | None = None
    many: bool = False
    values: Mapping[str, int] = field(default_factory=dict)


Row = dict[str, Cell]


@dataclass(frozen=True)
class Result:
    """What a figure found: rows of cells by column, and what follows from them."""

    rows: list[Row]
    totals: Row | None = None
    bars: Chart | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Parameter:
    """Something a person chooses; `choices` may ask the database, `default` takes today.

    `shown` puts a choice into words.
    """

    name: str
    label: Text
    default: Callable[[date], int]
    choices: Callable[[Session, date], list[int]]
    shown: Callable[[int], str] = str

    def chosen(self, session: Session, today: date, typed: str) -> int:
        """What was typed, where it is one of the choices; the default otherwise."""
        allowed = {str(choice): choice for choice in self.choices(session, today)}
        return allowed.get(typed, self.default(today))


Figure = Callable[[Session, Asked], Result]


@dataclass(frozen=True)
class Report:
    """A named figure; the right to read and export it is the right to its entity's records.

    `empty` is a title and a text for when there are no rows.
    `whole`: it measures against what should be complete, so only those read it who reach
    every record of a province. `in_packet`: it stands in the packets of a province's meetings;
    not where a section of its own tells the same more shortly. `short` names its sheet where the
    title is longer than a sheet's name may be (31 characters).
    """

    key: str
    title: Text
    area: Text
    entity: type[Base]
    columns: tuple[Column, ...]
    figure: Figure
    parameters: tuple[Parameter, ...] = ()
    notes: tuple[Text, ...] = ()
    empty: tuple[Text, Text] = (
        _l("Nothing to report"),
        _l("No record fits this choice. Choose another period or province."),
    )
    whole: bool = False
    in_packet: bool = True
    short: Text = ""

    def open_to(self, viewer: who.Viewer, verb: str = "read") -> bool:
        """Whether a viewer may read (or export) the report."""
        reach = viewer.reach(self.entity, verb)
        return reach.everything or bool(reach.province_id if self.whole else reach)

    def ask(
        self, session: Session, today: date, province_id: int | None, typed: Mapping[str, str]
    ) -> Asked:
        """The question of a viewer: what was typed makes sense or falls back to the default."""
        reach = who.of(session).reach(self.entity, "read")
        many = province_id is None and (reach.everything or len(reach.province_id) > 1)
        values = {p.name: p.chosen(session, today, typed.get(p.name, "")) for p in self.parameters}
        return Asked(today, province_id, many, values)

    def take(self, session: Session, asked: Asked, at: datetime) -> "Taken":
        """Take the figure at a moment."""
        hidden = "one" if asked.many else "many"
        columns = tuple(column for column in self.columns if column.seen != hidden)
        result = self.figure(session, asked)
        notes = [*result.notes, *map(str, self.notes), *_narrowness(session, self.entity)]
        return Taken(self, asked, columns, result, tuple(notes), _stated(session, self, asked, at))


@dataclass(frozen=True)
class Taken:
    """A report as it stood at a moment; `stated` are its filter and moment as (label, value)."""

    report: Report
    asked: Asked
    columns: tuple[Column, ...]
    result: Result
    notes: tuple[str, ...]
    stated: tuple[tuple[str, str], ...]

    @property
    def title(self) -> str:
        """The report's title in the language of the request."""
        return str(self.report.title)

    def words(self) -> str:
        """Filter and moment in one line."""
        return " · ".join(f"{label}: {value}" for label, value in self.stated)


def _narrowness(session: Session, entity: type[Base]) -> Iterable[str]:
    reach = who.of(session).reach(entity, "read")
    if not reach.everything and not reach.province_id:
        yield _("Only the records of your own agency or committee are counted.")


def _stated(
    session: Session, report: Report, asked: Asked, at: datetime
) -> tuple[tuple[str, str], ...]:
    chosen = [(str(p.label), p.shown(asked.values[p.name])) for p in report.parameters]
    moment = _("As of"), dates.moment(at, lang())
    return (_("Province"), _place(session, report, asked)), *chosen, moment


def _place(session: Session, report: Report, asked: Asked) -> str:
    if asked.many:
        return str(_("All provinces"))
    only = province_of(session, report, asked)
    return province_names(session)[only] if only else NOTHING


def province_of(session: Session, report: Report, asked: Asked) -> int | None:
    """The one province that a report speaks of: the one asked for, or the only one reached."""
    reached = who.of(session).reach(report.entity, "read").province_id
    return asked.province_id or (next(iter(reached)) if len(reached) == 1 else None)


def lang() -> str:
    """The language in force: th or en."""
    return str(get_locale() or "th")


def province_names(session: Session) -> dict[int, str]:
    """Every province's name in the language in force, in its order."""
    name = Province.name if lang() == "th" else Province.name_en
    rows = session.execute(select(Province.id, name).order_by(Province.sort_key))
    return {row[0]: row[1] for row in rows}


def provinces_shown(session: Session, entity: type[Base]) -> dict[int, str]:
    """The provinces of a report on many, in order.

    A viewer of some provinces sees each of them; one of the whole nation those at work here.
    """
    reach = who.of(session).reach(entity, "read")
    wanted = governance.provinces_at_work(session) if reach.everything else reach.province_id
    return {key: name for key, name in province_names(session).items() if key in wanted}


def provinces_left_out(
    session: Session, entity: type[Base], shown: Iterable[int]
) -> tuple[str, ...]:
    """For a viewer of the nation, a note on the provinces that recorded no committee here."""
    if not who.of(session).reach(entity, "read").everything:
        return ()
    expected = set(session.scalars(select(Province.id).where(Province.has_committee)))
    left = len(expected - set(shown))
    note = _("%(n)s provinces are left out: no committee of theirs is recorded here.", n=left)
    return (note,) if left else ()


def percent(part: int, whole: int) -> Decimal | None:
    """A share in percent, rounded half up to two places; None where there is no whole."""
    if not whole:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def text(kind: Kind, cell: Cell) -> str:
    """A cell as people read it."""
    value = cell.value
    if value is None:
        return NOTHING
    if kind == "share":
        return str(_("%(n)s of %(whole)s", n=f"{value:,}", whole=f"{cell.whole or 0:,}"))
    if isinstance(value, date):
        return dates.short_date(value, lang())
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, Decimal):
        return _decimal(kind, value)
    return str(value)


def _decimal(kind: Kind, value: Decimal) -> str:
    """Two places: amounts with commas, a difference with its sign."""
    if kind == "points":
        return ("+" if value > 0 else "") + money.shown(value)
    return str(value) if kind == "percent" else money.shown(value)


def in_province(asked: Asked) -> tuple[tuple[str, str], ...]:
    """The filter that keeps a list to the province asked for, where one was."""
    return () if asked.province_id is None else (("province_id", str(asked.province_id)),)
