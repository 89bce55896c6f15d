"""Reports on meetings: what was held against the rhythm, and follow-ups by age."""

from collections.abc import Iterable
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from entities import dates
from entities.base import Text
from entities.vocabulary import MeetingStatus
from figures import meetings
from figures.meetings import AGES, NO_DAY, NOT_HELD, OPEN, Aged, Kept
from models import Agency, FollowUp, Meeting, Rhythm
from reports.base import (
    Asked,
    Bars,
    Cell,
    Column,
    Parameter,
    Record,
    Report,
    Result,
    Row,
    Rows,
    Series,
    Within,
    in_province,
    percent,
    provinces_left_out,
    provinces_shown,
)

Filters = tuple[tuple[str, str], ...]


def _is(*statuses: MeetingStatus) -> Filters:
    return tuple(("status", status.value) for status in statuses)


STATUSES: dict[str, Filters] = {
    "planned": (),
    "held": _is(*(status for status in MeetingStatus if status not in NOT_HELD)),
    "cancelled": _is(MeetingStatus.CANCELLED),
    "not_held": _is(*(status for status in NOT_HELD if status is not MeetingStatus.CANCELLED)),
}
"""The columns that count meetings, each with the filter on status that opens it."""
BAR_TONES = {"held": "ok", "cancelled": "bad", "not_held": "warn"}


def _fiscal_years(session: Session, today: date) -> list[int]:
    """From the present fiscal year (B.E.) back to the first for which meetings were planned."""
    present = dates.fiscal_year(today)
    first = meetings.first_planned(session)
    return list(range(present, min(present, dates.fiscal_year(first or today)) - 1, -1))


FISCAL_YEAR = Parameter("fiscal_year", _l("Fiscal year"), dates.fiscal_year, _fiscal_years)


def _of_year(asked: Asked) -> Filters:
    """The filter of meetings planned for the fiscal year whose day has come."""
    year = asked.values["fiscal_year"]
    return (
        ("planned_month.from", dates.fiscal_year_start(year).isoformat()),
        ("planned_month.to", dates.fiscal_year_end(year).isoformat()),
        ("meets_on.to", asked.today.isoformat()),
    )


def _against_rhythm(session: Session, asked: Asked) -> Result:
    kept = meetings.rhythm_kept(
        session, asked.values["fiscal_year"], asked.today, asked.province_id
    )
    if asked.many:
        return _rhythm_by_province(session, asked, kept)
    rows = [_rhythm_row(asked, one) for one in kept]
    totals = _counts(kept, (*_of_year(asked), *in_province(asked)))
    return Result(rows, {"rhythm": Cell(_("All meetings")), **totals}, _kept_bars(rows, "rhythm"))


def _rhythm_row(asked: Asked, one: Kept) -> Row:
    opened = Record(Rhythm, one.rhythm_id)
    filters = (*_of_year(asked), ("rhythm_id", str(one.rhythm_id)))
    return {"rhythm": Cell(one.title, opened), **_counts([one], filters)}


def _rhythm_by_province(session: Session, asked: Asked, kept: list[Kept]) -> Result:
    shown = provinces_shown(session, Meeting)
    rows = [
        {"province": Cell(name, Within(key))}
        | _counts(
            [one for one in kept if one.province_id == key],
            (*_of_year(asked), ("province_id", str(key))),
        )
        for key, name in shown.items()
    ]
    totals = {"province": Cell(_("All provinces")), **_counts(kept, _of_year(asked))}
    left_out = provinces_left_out(session, Meeting, shown)
    return Result(rows, totals, _kept_bars(rows, "province"), left_out)


def _counts(kept: list[Kept], filters: Filters) -> Row:
    """The counts of some rhythms together; a count of none opens nothing."""
    counted = {key: sum(getattr(one, key) for one in kept) for key in STATUSES}
    cells = {
        key: Cell(n, Rows(Meeting, (*filters, *STATUSES[key])) if n else None)
        for key, n in counted.items()
    }
    return {**cells, "percent": Cell(percent(counted["held"], counted["planned"]))}


def _values(rows: list[Row], key: str) -> tuple[int, ...]:
    values = [row[key].value for row in rows]
    return tuple(value if isinstance(value, int) else 0 for value in values)


def _kept_bars(rows: list[Row], label: str) -> Bars:
    titles = {column.key: str(column.label) for column in AGAINST_RHYTHM.columns}
    series = tuple(Series(titles[key], tone, _values(rows, key)) for key, tone in BAR_TONES.items())
    return Bars(tuple(str(row[label].value) for row in rows), series, _("Meetings planned"))


AGAINST_RHYTHM = Report(
    key="meetings-against-rhythm",
    title=_l("Meetings held against the rhythm"),
    area=_l("Meetings and resolutions"),
    entity=Meeting,
    parameters=(FISCAL_YEAR,),
    columns=(
        Column("province", _l("Province"), seen="many"),
        Column("rhythm", _l("Meeting"), seen="one"),
        Column("planned", _l("Planned"), "number"),
        Column("held", _l("Held"), "number"),
        Column("cancelled", _l("Cancelled"), "number"),
        Column("not_held", _l("Not held"), "number"),
        Column("percent", _l("Held (%)"), "percent"),
    ),
    figure=_against_rhythm,
    empty=(
        _l("No meeting was planned by the rhythm"),
        _l("Plan a month's meetings from the rhythm; each is counted from its day on."),
    ),
    notes=(
        _l("Counted: meetings planned by the rhythm for months of the fiscal year whose day has"
           " come. A cancelled meeting stays planned; one put off counts on its new day."),
        _l("Percent = held ÷ planned × 100, rounded half up to two places."),
    ),
)  # fmt: skip

AGE_COLUMNS: tuple[tuple[str, Text, str], ...] = (
    (NO_DAY, _l("No day set"), "mute"),
    ("not_due", _l("Not due"), "calm"),
    ("week", _l("Late 1–7 days"), "gold"),
    ("month", _l("Late 8–30 days"), "warn"),
    ("quarter", _l("Late 31–90 days"), "bad"),
    ("longer", _l("Late over 90 days"), "worst"),
)
"""The columns of ages with their titles and the tones of their bars."""
STILL_OPEN: Filters = tuple(("status", status.value) for status in OPEN)


def _spans(today: date) -> dict[str, Filters]:
    """The filter of each age: its first and last due day."""
    spans: dict[str, Filters] = {NO_DAY: (("due_on.empty", "1"),)}
    for age in AGES:
        ends = zip(("due_on.from", "due_on.to"), age.span(today), strict=True)
        spans[age.key] = tuple((name, day.isoformat()) for name, day in ends if day is not None)
    return spans


def _by_age(session: Session, asked: Asked) -> Result:
    aged = meetings.by_age(session, asked.today, asked.province_id)
    if asked.many:
        return _age_by_province(session, asked, aged)
    rows = [_agency_row(asked, one) for one in aged]
    totals = {"agency": Cell(_("All agencies")), **_ages(aged, asked, in_province(asked))}
    return Result(rows, totals, _age_bars(rows, "agency"))


def _agency_row(asked: Asked, one: Aged) -> Row:
    chosen = ("agency_id.empty", "1")
    if one.agency_id is not None:
        chosen = ("agency_id", str(one.agency_id))
    opened = Record(Agency, one.agency_id) if one.agency_id is not None else None
    name = Cell(one.agency or _("No agency named"), opened)
    return {"agency": name, **_ages([one], asked, (chosen, *in_province(asked)))}


def _age_by_province(session: Session, asked: Asked, aged: list[Aged]) -> Result:
    shown = provinces_shown(session, FollowUp)
    rows = [
        {"province": Cell(name, Within(key))}
        | _ages(_of(aged, key), asked, (("province_id", str(key)),))
        for key, name in shown.items()
    ]
    rows += _of_clusters(aged, asked)
    totals = {"province": Cell(_("All provinces")), **_ages(aged, asked, ())}
    left_out = provinces_left_out(session, FollowUp, shown)
    return Result(rows, totals, _age_bars(rows, "province"), left_out)


def _of(aged: Iterable[Aged], province_id: int | None) -> list[Aged]:
    return [one for one in aged if one.province_id == province_id]


def _of_clusters(aged: list[Aged], asked: Asked) -> list[Row]:
    """One row for what committees of clusters asked for, where there is any."""
    theirs = _of(aged, None)
    filters: Filters = (("province_id.empty", "1"),)
    name = Cell(_("Province clusters"))
    return [{"province": name, **_ages(theirs, asked, filters)}] if theirs else []


def _ages(aged: list[Aged], asked: Asked, filters: Filters) -> Row:
    spans = _spans(asked.today)
    counted = {key: sum(one.counts[key] for one in aged) for key in spans}
    opened = {key: (*STILL_OPEN, *spans[key], *filters) for key in spans}
    cells = {key: Cell(n, Rows(FollowUp, opened[key]) if n else None) for key, n in counted.items()}
    total = sum(counted.values())
    return {**cells, "total": Cell(total, Rows(FollowUp, (*STILL_OPEN, *filters)))}


def _age_bars(rows: list[Row], label: str) -> Bars:
    series = tuple(Series(str(title), tone, _values(rows, key)) for key, title, tone in AGE_COLUMNS)
    return Bars(tuple(str(row[label].value) for row in rows), series, _("Open follow-ups"))


BY_AGE = Report(
    key="follow-ups-by-age",
    title=_l("Follow-ups by age and agency"),
    short=_l("Ages of follow-ups"),
    area=_l("Meetings and resolutions"),
    entity=FollowUp,
    columns=(
        Column("province", _l("Province"), seen="many"),
        Column("agency", _l("Agency"), seen="one"),
        *(Column(key, title, "number") for key, title, _tone in AGE_COLUMNS),
        Column("total", _l("Total"), "number"),
    ),
    figure=_by_age,
    empty=(_l("No follow-up is open"), _l("What a meeting assigns appears here until it is done.")),
    notes=(
        _l("Counted: follow-ups that are not done and not cancelled, by days after their day."),
    ),
)

REPORTS = (AGAINST_RHYTHM, BY_AGE)
