"""Reports on complaints: what came in and was closed, by whom and how soon, and what is still open.

No report knows who complained. The monthly form counts as provinces report to the ministry: brought
forward, received, closed, pending.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from entities import dates
from entities.base import Base, Text
from entities.vocabulary import AssignmentStatus, ComplaintStatus
from figures import complaints as figures
from figures.complaints import AGES, Count, Period, Work
from models import Agency, Assignment, Channel, Complaint, ComplaintCategory, District
from reports.base import (
    Asked,
    Bars,
    Cell,
    Chart,
    Column,
    Map,
    Parameter,
    Record,
    Report,
    Result,
    Row,
    Rows,
    Series,
    Spot,
    Within,
    in_province,
    lang,
    percent,
    province_of,
    provinces_left_out,
    provinces_shown,
)

Filters = tuple[tuple[str, str], ...]
Counts = Mapping[Any, Count]
AREA = _l("Complaints")


def _years(session: Session, today: date) -> list[int]:
    """From the present fiscal year (B.E.) back to the first in which a case came in."""
    present = dates.fiscal_year(today)
    first = dates.fiscal_year(figures.first_received(session) or today)
    return list(range(present, min(first, present) - 1, -1))


YEAR = Parameter("fiscal_year", _l("Fiscal year"), dates.fiscal_year, _years)


def _period(asked: Asked) -> Period:
    return figures.fiscal_year(asked.values["fiscal_year"])


def opened(told: Period) -> dict[str, Filters]:
    """The filters of the lists behind the figures of a period, by the names of `Count`."""
    span = (("received_on.from", told.first.isoformat()), ("received_on.to", told.last.isoformat()))
    closed = (("closed_in", told.key),)
    return {
        "received": (*span, ("kept", "received")),
        "brought": (("open_on", told.eve.isoformat()),),
        "closed": closed,
        "rejected": (("rejected_in", told.key),),
        "pending": (("open_on", told.last.isoformat()),),
        "late": (("standing", "late"), ("received_on.to", told.last.isoformat())),
        "within": (*closed, ("kept", "in_time")),
    }


def _cells(count: Count, told: Period, filters: Filters) -> Row:
    """The counts of a group; a count of none opens nothing."""
    behind = opened(told)
    cells = {
        key: Cell(n, Rows(Complaint, (*filters, *behind[key])) if n else None)
        for key in ("received", "brought", "closed", "rejected", "pending", "late")
        if (n := getattr(count, key)) is not None
    }
    kept = Rows(Complaint, (*filters, *behind["within"])) if count.within else None
    return {
        **cells,
        "within": Cell(count.within, kept, whole=count.timed),
        "percent": Cell(percent(count.within, count.timed)),
        "median": Cell(count.median),
    }


COUNTS: tuple[Column, ...] = (
    Column("brought", _l("Brought forward"), "number"),
    Column("received", _l("Received"), "number"),
    Column("closed", _l("Case closed"), "number"),
    Column("rejected", _l("Not accepted"), "number"),
    Column("pending", _l("Pending"), "number"),
    Column("late", _l("Late today"), "number"),
    Column("within", _l("Within time"), "share"),
    Column("percent", _l("Within time (%)"), "percent"),
    Column("median", _l("Median days"), "number"),
)
TONES = {"closed": "ok", "pending": "gold"}
NOTES = (
    _l("Within time: the result came by the due day; cases without a due day are left out."),
    _l("Median days: from receipt to closing, in days of the calendar."),
    _l("Cases taken over without the day of their closing count as closed on the day of receipt."),
)


def _bars(rows: list[Row], label: str) -> Bars:
    titles = {column.key: str(column.label) for column in COUNTS}
    series = tuple(
        Series(titles[key], tone, tuple(_number(row[key]) for row in rows))
        for key, tone in TONES.items()
    )
    return Bars(tuple(str(row[label].value) for row in rows), series, _("Cases"))


def _number(cell: Cell) -> int:
    return cell.value if isinstance(cell.value, int) else 0


def _where(asked: Asked) -> list[Any]:
    return [] if asked.province_id is None else [Complaint.province_id == asked.province_id]


def _by_province(
    session: Session,
    asked: Asked,
    drawn: Callable[[Counts, Mapping[int, str]], Chart] | None = None,
) -> Result:
    """Each province's figures of the year, with bars unless another chart is drawn of them."""
    told, shown = _period(asked), provinces_shown(session, Complaint)
    counts = figures.counted(session, told, asked.today, Complaint.province_id)
    rows = [
        {"province": Cell(name, Within(key))}
        | _cells(counts.get(key, Count()), told, (("province_id", str(key)),))
        for key, name in shown.items()
    ]
    whole = figures.together(counts.values())
    totals = {"province": Cell(_("All provinces")), **_cells(whole, told, ())}
    left_out = provinces_left_out(session, Complaint, shown)
    chart = drawn(counts, shown) if drawn else _bars(rows, "province")
    return Result(rows, totals, chart, left_out)


def _grouped(
    column: Any, key: str, named: Callable[[Session], Mapping[Any, str]]
) -> Callable[[Session, Asked], Result]:
    """A figure that counts the cases of one province by the values of a column."""

    def figure(session: Session, asked: Asked) -> Result:
        if asked.many:
            return _by_province(session, asked)
        counts = figures.counted(session, _period(asked), asked.today, column, _where(asked))
        return _by_value(asked, key, named(session), counts)

    return figure


def _by_value(asked: Asked, key: str, names: Mapping[Any, str], counts: Counts) -> Result:
    """What was counted by the values of the column `key`, those received most first."""
    told = _period(asked)
    rows = [
        {"group": Cell(names.get(one) or _("Not told"))}
        | _cells(counts[one], told, (*in_province(asked), _filter(key, one)))
        for one in sorted(counts, key=lambda one: -counts[one].received)
    ]
    whole = figures.together(counts.values())
    totals = {"group": Cell(_("All cases")), **_cells(whole, told, in_province(asked))}
    return Result(rows, totals, _bars(rows, "group"))


def _filter(key: str, value: Any) -> tuple[str, str]:
    return (f"{key}.empty", "1") if value is None else (key, str(value))


def _names_of(entity: type[Base]) -> Callable[[Session], Mapping[Any, str]]:
    def named(session: Session) -> Mapping[Any, str]:
        rows = session.execute(select(entity.id, entity.name))  # type: ignore[attr-defined]
        return {row[0]: row[1] for row in rows}

    return named


def _report(key: str, title: Text, first: Text, column: Any, named: Any) -> Report:
    return Report(
        key=key,
        title=title,
        area=AREA,
        entity=Complaint,
        parameters=(YEAR,),
        columns=(
            Column("province", _l("Province"), seen="many"),
            Column("group", first, seen="one"),
            *COUNTS,
        ),
        figure=_grouped(column, column.key, named),
        notes=NOTES,
        in_packet=False,
    )


BY_CATEGORY = _report(
    "complaints-by-category", _l("Complaints by category"), _l("Complaint category"),
    Complaint.category_id, _names_of(ComplaintCategory),
)  # fmt: skip
BY_CHANNEL = _report(
    "complaints-by-channel", _l("Complaints by channel"), _l("Channel"),
    Complaint.channel_id, _names_of(Channel),
)  # fmt: skip
BY_DISTRICT = _report(
    "complaints-by-district", _l("Complaints by district"), _l("District"),
    Complaint.district_id, _names_of(District),
)  # fmt: skip
BY_AGENCY = _report(
    "complaints-by-agency", _l("Complaints by lead agency"), _l("Lead agency"),
    Complaint.lead_agency_id, _names_of(Agency),
)  # fmt: skip


# The map.


def _on_map(session: Session, asked: Asked) -> Result:
    """The open cases of a province by district, where they lie; of many, by province."""
    if asked.many:
        return _by_province(session, asked, partial(_provinces_map, session))
    column = Complaint.district_id
    counts = figures.counted(session, _period(asked), asked.today, column, _where(asked))
    found = _by_value(asked, column.key, _names_of(District)(session), counts)
    key = province_of(session, BY_MAP, asked)
    places = figures.district_places(session, key) if key else {}
    spots = [_spot(place, counts.get(one, Count())) for one, place in places.items()]
    return replace(found, bars=_map(spots), notes=(*found.notes, *_unplaced(places, counts)))


def _unplaced(places: Mapping[int, Any], counts: Mapping[Any, Count]) -> tuple[str, ...]:
    """A note on the cases that stand in the table alone."""
    left = sum(one.pending for key, one in counts.items() if key not in places)
    told = _("%(n)s open cases have no district, or one whose place is not known.", n=left)
    return (told,) if left else ()


def _provinces_map(session: Session, counts: Counts, shown: Mapping[int, str]) -> Map:
    places = figures.province_places(session)
    return _map([
        _spot((name, *places[key]), counts.get(key, Count()))
        for key, name in shown.items() if key in places
    ])  # fmt: skip


def _spot(place: figures.Place, count: Count) -> Spot:
    name, latitude, longitude = place
    return Spot(name, latitude, longitude, count.pending, count.late)


def _map(spots: list[Spot]) -> Map:
    return Map(tuple(spots), _("Pending"), _("Late today"))


BY_MAP = replace(
    BY_DISTRICT,
    key="complaints-map",
    title=_l("Map of open complaints"),
    figure=_on_map,
    notes=(
        *NOTES,
        _l(
            "Each circle stands at a district's seat; its number is what is pending, what stands after ! is late today."
        ),
        _l("Places of district seats: GeoNames, CC BY 4.0."),
    ),
)


# The monthly form.


def _monthly(session: Session, asked: Asked) -> Result:
    """Brought forward, received, closed and pending of each month that has begun."""
    if asked.many:
        return _by_province(session, asked)
    year = asked.values["fiscal_year"]
    begun = [one for one in figures.months(year) if one.first <= asked.today]
    rows = [_month_row(session, asked, one) for one in begun]
    told = _period(asked)
    whole = figures.counted(session, told, asked.today, where=_where(asked))[None]
    totals = {"month": Cell(_("The whole year")), **_cells(whole, told, in_province(asked))}
    return Result(rows, totals, _bars(rows, "month"))


def _month_row(session: Session, asked: Asked, month: Period) -> Row:
    found = figures.counted(session, month, asked.today, where=_where(asked))[None]
    return {"month": Cell(_month_words(month.first)), **_cells(found, month, in_province(asked))}


def _month_words(month: date) -> str:
    year = dates.be_year(month) if lang() == "th" else month.year
    return f"{dates.month_name(month.month, lang(), short=True)} {year}"


MONTHLY = Report(
    key="complaints-monthly",
    title=_l("Monthly report of complaints"),
    area=AREA,
    entity=Complaint,
    parameters=(YEAR,),
    columns=(
        Column("province", _l("Province"), seen="many"),
        Column("month", _l("Month"), seen="one"),
        *COUNTS,
    ),
    figure=_monthly,
    notes=NOTES,
    in_packet=False,
)


# Agencies.


def _agencies(session: Session, asked: Asked) -> Result:
    told = _period(asked)
    found = figures.agencies(session, told, asked.today, asked.province_id)
    rows = [_agency_row(n, one, told) for n, one in enumerate(found, 1)]
    series = (
        Series(_("Within time"), "ok", tuple(one.within for one in found)),
        Series(_("Late today"), "bad", tuple(one.late for one in found)),
    )
    return Result(rows, None, Bars(tuple(one.name for one in found), series, _("Assignments")))


def _agency_row(rank: int, one: Work, told: Period) -> Row:
    filters = (
        ("agency_id", str(one.agency_id)),
        ("assigned_on.from", told.first.isoformat()),
        ("assigned_on.to", told.last.isoformat()),
    )

    def cell(count: int, *more: tuple[str, str], whole: int | None = None) -> Cell:
        return Cell(count, Rows(Assignment, (*filters, *more)) if count else None, whole=whole)

    return {
        "rank": Cell(rank),
        "agency": Cell(one.name, Record(Agency, one.agency_id)),
        "given": cell(one.given),
        "reported": cell(one.reported, ("status", AssignmentStatus.REPORTED.value)),
        "within": cell(one.within, ("standing", "in_time"), whole=one.timed),
        "percent": Cell(percent(one.within, one.timed)),
        "returned": cell(one.returned, ("status", AssignmentStatus.RETURNED.value)),
        "late": cell(one.late, ("standing", "late")),
    }


AGENCIES = Report(
    key="complaints-agencies",
    title=_l("Agencies by how they answer complaints"),
    area=AREA,
    entity=Assignment,
    parameters=(YEAR,),
    columns=(
        Column("rank", _l("Rank"), "number"),
        Column("agency", _l("Agency")),
        Column("given", _l("Assigned"), "number"),
        Column("reported", _l("Result reported"), "number"),
        Column("within", _l("Within time"), "share"),
        Column("percent", _l("Within time (%)"), "percent"),
        Column("returned", _l("Returned"), "number"),
        Column("late", _l("Late today"), "number"),
    ),
    figure=_agencies,
    notes=(
        _l("Lead and supporting parts assigned in the year; the best share of kept days first."),
    ),
    in_packet=False,
)


# What is open, by age.

AGE_TITLES: tuple[tuple[str, Text, str], ...] = (
    ("d15", _l("Up to 15 days"), "calm"),
    ("d30", _l("16–30 days"), "gold"),
    ("d60", _l("31–60 days"), "warn"),
    ("d90", _l("61–90 days"), "bad"),
    ("longer", _l("Over 90 days"), "worst"),
)
"""The spans of `figures.complaints.AGES` with their titles and the tones of their bars."""
OPEN_STATES: Filters = tuple(
    ("status", one.value) for one in ComplaintStatus if one not in figures.OVER
)


def _ageing(session: Session, asked: Asked) -> Result:
    by = Complaint.province_id if asked.many else Complaint.category_id
    found = figures.by_age(session, asked.today, by, _where(asked))
    names = (
        provinces_shown(session, Complaint) if asked.many else _names_of(ComplaintCategory)(session)
    )
    shown = list(names) if asked.many else sorted(found, key=lambda one: -sum(found[one]))
    rows = [
        {"group": Cell(names[one], Within(one) if asked.many else None)}
        | _age_cells(found.get(one, [0] * len(AGES)), asked, (by.key, str(one)))
        for one in shown
    ]
    series = tuple(
        Series(str(title), tone, tuple(_number(row[key]) for row in rows))
        for key, title, tone in AGE_TITLES
    )
    totals: Row = {"group": Cell(_("All cases"))}
    for key in (*(key for key, _title, _tone in AGE_TITLES), "open"):
        totals[key] = Cell(sum(_number(row[key]) for row in rows))
    return Result(
        rows, totals, Bars(tuple(str(r["group"].value) for r in rows), series, _("Cases"))
    )


def _age_cells(counts: list[int], asked: Asked, group: tuple[str, str]) -> Row:
    filters = (group, *in_province(asked), *OPEN_STATES, ("kept", "received"))
    cells: Row = {}
    for (key, _title, _tone), count, age in zip(AGE_TITLES, counts, AGES, strict=True):
        first, last = figures.aged(asked.today, *age)
        span: Filters = (("received_on.to", last.isoformat()),)
        if first is not None:
            span = (("received_on.from", first.isoformat()), *span)
        cells[key] = Cell(count, Rows(Complaint, (*filters, *span)) if count else None)
    total = sum(counts)
    return {**cells, "open": Cell(total, Rows(Complaint, filters) if total else None)}


AGEING = Report(
    key="complaints-ageing",
    title=_l("Open complaints by age"),
    area=AREA,
    entity=Complaint,
    columns=(
        Column("group", _l("Group")),
        *(Column(key, title, "number") for key, title, _tone in AGE_TITLES),
        Column("open", _l("Open"), "number"),
    ),
    figure=_ageing,
    notes=(_l("Age is counted from receipt, whether the clock of the case stands or runs."),),
    in_packet=False,
)

REPORTS = (BY_CATEGORY, BY_CHANNEL, BY_DISTRICT, BY_MAP, BY_AGENCY, MONTHLY, AGENCIES, AGEING)


def days_open(one: Complaint, today: date) -> int:
    """How many days ago a case was received."""
    return max((today - one.received_on) // timedelta(days=1), 0)
