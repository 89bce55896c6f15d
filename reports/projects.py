"""Reports on projects: how they keep their plan, problems by kind and age, late monthly reports."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from entities import dates
from entities.base import Text
from entities.vocabulary import Light, ProblemStatus
from figures import governance, project_course, project_money, project_reports
from figures import projects as figures
from figures.meetings import AGES
from figures.project_course import Point
from figures.project_reports import Missing
from figures.projects import WHOLE, Aged, Standing
from models import Agency, Problem, ProgressReport, Project, ReportingWindow
from reports.base import (
    Asked,
    Bars,
    Cell,
    Column,
    Curve,
    Line,
    Parameter,
    Record,
    Report,
    Result,
    Row,
    Rows,
    Series,
    Within,
    in_province,
    lang,
    provinces_left_out,
    provinces_shown,
)

Filters = tuple[tuple[str, str], ...]
AREA = _l("Projects")
LIGHT_TONES = {
    Light.GREEN: "ok", Light.AMBER: "gold", Light.RED: "bad", Light.BLUE: "calm", Light.GREY: "mute",
}  # fmt: skip
"""The lights in the order in which they are counted, with the tones of their bars."""
OPEN: Filters = (("status", ProblemStatus.OPEN.value),)
AGE_TITLES: tuple[tuple[str, Text, str], ...] = (
    ("not_due", _l("Not due"), "calm"),
    ("week", _l("Late 1–7 days"), "gold"),
    ("month", _l("Late 8–30 days"), "warn"),
    ("quarter", _l("Late 31–90 days"), "bad"),
    ("longer", _l("Late over 90 days"), "worst"),
)
"""The columns of ages with their titles and the tones of their bars."""
LACKS: dict[str, Text] = {
    "report": _l("The report"),
    "done": _l("What was done"),
    "next_step": _l("Next step"),
    "remedy": _l("Remedy"),
    "photographs": _l("Photographs"),
}
"""What a report of a month may lack, by the names of `figures.project_reports.Missing`."""


def curve(course: Sequence[Point], tongue: str) -> Curve:
    """A course as two lines over its months: planned, dashed, and actual as far as it is known."""
    return Curve(
        tuple(month_short(point.month, tongue) for point in course),
        (
            Line(_("Planned"), "warn", tuple(point.planned for point in course), dashed=True),
            Line(_("Actual"), "brand", tuple(point.actual for point in course)),
        ),
        _("Percent done"),
        WHOLE,
    )


def month_short(month: date, tongue: str) -> str:
    """A month of a chart: ต.ค. 69."""
    year = dates.be_year(month) if tongue == "th" else month.year
    return f"{dates.month_name(month.month, tongue, short=True)} {year % 100}"


# How projects keep their plan.


def _years(session: Session, today: date) -> list[int]:
    """From the present fiscal year (B.E.) back to the first that has projects."""
    present = dates.fiscal_year(today)
    first = project_reports.first_year(session) or present
    return list(range(present, min(first, present) - 1, -1))


YEAR = Parameter("fiscal_year", _l("Fiscal year"), dates.fiscal_year, _years)


def _of_year(asked: Asked) -> tuple[ColumnElement[bool], ...]:
    where = [Project.fiscal_year == asked.values["fiscal_year"]]
    if asked.province_id is not None:
        where.append(Project.province_id == asked.province_id)
    return tuple(where)


def _year_filter(asked: Asked) -> Filters:
    return (("fiscal_year", str(asked.values["fiscal_year"])),)


def _status(session: Session, asked: Asked) -> Result:
    where = _of_year(asked)
    standings = figures.standings(session, asked.today, figures.limits(), *where)
    year = asked.values["fiscal_year"]
    months = figures.months_between(dates.fiscal_year_start(year), dates.fiscal_year_end(year))
    course = project_course.course(
        session, months, figures.month_before(asked.today), *where, project_course.COUNTED
    )
    drawn = curve(course, lang())
    if asked.many:
        return _status_by_province(session, asked, standings, drawn)
    return Result(_project_rows(session, standings, where), None, drawn)


def _project_rows(
    session: Session, standings: dict[int, Standing], where: Iterable[ColumnElement[bool]]
) -> list[Row]:
    found = session.scalars(
        select(Project).where(*where).options(joinedload(Project.agency)).order_by(Project.id)
    ).all()
    money = project_money.spent(session, standings)
    order = (Light.RED, Light.AMBER, Light.GREEN, Light.GREY, Light.BLUE)
    rows = [
        (standings[one.id], _project_row(one, standings[one.id], money[one.id])) for one in found
    ]
    rows.sort(key=lambda pair: order.index(pair[0].light))
    return [row for _standing, row in rows]


def _agency(project: Project) -> Cell:
    opened = Record(Agency, project.agency_id) if project.agency else None
    return Cell(governance.agency_name(project), opened)


def _project_row(one: Project, standing: Standing, money: project_money.Spent) -> Row:
    facts = standing.facts
    return {
        "project": Cell(one.name, Record(Project, one.id)),
        "agency": _agency(one),
        "light": _light_cell(standing.light),
        "status": Cell(str(one.status)),
        "planned": Cell(facts.planned),
        "actual": Cell(facts.actual),
        "slip": Cell(facts.slip),
        "ends_on": Cell(facts.ends_on),
        "budget": Cell(one.budget),
        "paid": Cell(money.paid),
    }


def _light_cell(light: Light) -> Cell:
    return Cell(str(light), tone=light.tone, sign=light.sign)


def _status_by_province(
    session: Session, asked: Asked, standings: dict[int, Standing], drawn: Curve
) -> Result:
    shown = provinces_shown(session, Project)
    rows = [
        {"province": Cell(name, Within(key))}
        | _lights([s for s in standings.values() if s.province_id == key],
                  (*_year_filter(asked), ("province_id", str(key))))
        for key, name in shown.items()
    ]  # fmt: skip
    if theirs := [one for one in standings.values() if one.province_id is None]:
        filters = (*_year_filter(asked), ("province_id.empty", "1"))
        rows.append({"province": Cell(_("Province clusters")), **_lights(theirs, filters)})
    totals = {
        "province": Cell(_("All provinces")),
        **_lights(standings.values(), _year_filter(asked)),
    }
    return Result(rows, totals, drawn, provinces_left_out(session, Project, shown))


def _lights(found: Iterable[Standing], filters: Filters) -> Row:
    """How many projects show each light; a count of none opens nothing."""
    counted = Counter(one.light for one in found)
    cells = {
        light.value: _count(counted[light], (*filters, ("light", light.value)))
        for light in LIGHT_TONES
    }
    return {**cells, "total": _count(counted.total(), filters)}


def _count(n: int, filters: Filters) -> Cell:
    return Cell(n, Rows(Project, filters) if n else None)


STATUS = Report(
    key="project-status",
    title=_l("Project status"),
    area=AREA,
    entity=Project,
    parameters=(YEAR,),
    columns=(
        Column("province", _l("Province"), seen="many"),
        *(Column(light.value, light.title, "number", seen="many") for light in LIGHT_TONES),
        Column("total", _l("Total"), "number", seen="many"),
        Column("project", _l("Project"), seen="one"),
        Column("agency", _l("Responsible agency"), seen="one"),
        Column("light", _l("Traffic light"), "chip", seen="one"),
        Column("status", _l("Status"), seen="one"),
        Column("planned", _l("Planned (%)"), "percent", seen="one"),
        Column("actual", _l("Actual (%)"), "percent", seen="one"),
        Column("slip", _l("Ahead or behind"), "points", seen="one"),
        Column("ends_on", _l("Ends on"), "date", seen="one"),
        Column("budget", _l("Budget"), "money", seen="one"),
        Column("paid", _l("Disbursed"), "money", seen="one"),
    ),
    figure=_status,
    empty=(
        _l("No project of this year is recorded"),
        _l("Projects come from enacted requests, or are entered by the planner."),
    ),
    notes=(
        _l("The chart weighs each project by its budget; cancelled projects do not count."),
        _l("Planned = Σ(weight × share of the milestone's time) ÷ Σ weight, on the last day of the"
           " month last reported or due, or today where that day is still to come. The report of a"
           " month compares with the plan of the month's end."),
    ),
    in_packet=False,
)  # fmt: skip


# Problems.


def _problems(session: Session, asked: Asked) -> Result:
    aged = figures.problems_by_age(session, asked.today, asked.province_id)
    if asked.many:
        return _problems_by_province(session, asked, aged)
    rows = [
        {"kind": Cell(str(kind))}
        | _ages(
            [one for one in aged if one.kind is kind],
            asked,
            (("kind", kind.value), *in_province(asked)),
        )
        for kind in dict.fromkeys(one.kind for one in aged)
    ]
    totals = {"kind": Cell(_("All kinds")), **_ages(aged, asked, in_province(asked))}
    return Result(rows, totals, _age_bars(rows, "kind"))


def _problems_by_province(session: Session, asked: Asked, aged: list[Aged]) -> Result:
    shown = provinces_shown(session, Problem)
    rows = [
        {"province": Cell(name, Within(key))}
        | _ages([a for a in aged if a.province_id == key], asked, (("province_id", str(key)),))
        for key, name in shown.items()
    ]
    if theirs := [one for one in aged if one.province_id is None]:
        name = {"province": Cell(_("Province clusters"))}
        rows.append(name | _ages(theirs, asked, (("province_id.empty", "1"),)))
    totals = {"province": Cell(_("All provinces")), **_ages(aged, asked, ())}
    left_out = provinces_left_out(session, Problem, shown)
    return Result(rows, totals, _age_bars(rows, "province"), left_out)


def _ages(aged: Iterable[Aged], asked: Asked, filters: Filters) -> Row:
    rows = list(aged)
    cells: Row = {}
    for age in AGES:
        n = sum(one.counts[age.key] for one in rows)
        ends = zip(("due_on.from", "due_on.to"), age.span(asked.today), strict=True)
        span = tuple((name, day.isoformat()) for name, day in ends if day is not None)
        cells[age.key] = Cell(n, Rows(Problem, (*OPEN, *span, *filters)) if n else None)
    total = sum(sum(one.counts.values()) for one in rows)
    return {**cells, "total": Cell(total, Rows(Problem, (*OPEN, *filters)) if total else None)}


def _numbers(rows: list[Row], key: str) -> tuple[int, ...]:
    values = [row[key].value for row in rows]
    return tuple(value if isinstance(value, int) else 0 for value in values)


def _age_bars(rows: list[Row], label: str) -> Bars:
    series = tuple(Series(str(title), tone, _numbers(rows, key)) for key, title, tone in AGE_TITLES)
    return Bars(tuple(str(row[label].value) for row in rows), series, _("Open problems"))


PROBLEMS = Report(
    key="problems-by-age",
    title=_l("Problems of projects by kind and age"),
    area=AREA,
    entity=Problem,
    columns=(
        Column("province", _l("Province"), seen="many"),
        Column("kind", _l("Kind"), seen="one"),
        *(Column(key, title, "number") for key, title, _tone in AGE_TITLES),
        Column("total", _l("Total"), "number"),
    ),
    figure=_problems,
    empty=(
        _l("No problem is open"),
        _l("Problems of projects appear here until they are resolved."),
    ),
    notes=(_l("Counted: open problems, by days after the day on which they are due."),),
    in_packet=False,
)


# Late reports of a month.


def _month_key(month: date) -> int:
    return dates.be_year(month) * 100 + month.month


def _month_of(key: int) -> date:
    return date(key // 100 - dates.BE_OFFSET, key % 100, 1)


def _month_words(key: int) -> str:
    month = _month_of(key)
    year = dates.be_year(month) if lang() == "th" else month.year
    return f"{dates.month_name(month.month, lang())} {year}"


def _months(_session: Session, today: date) -> list[int]:
    """The last twelve months that are over."""
    month, found = figures.month_before(today), []
    for _n in range(12):
        found.append(_month_key(month))
        month = figures.month_before(month)
    return found


MONTH = Parameter(
    "month",
    _l("Month"),
    lambda today: _month_key(figures.month_before(today)),
    _months,
    _month_words,
)


def _late(session: Session, asked: Asked) -> Result:
    month = _month_of(asked.values["month"])
    found = _late_by_window(session, asked, month)
    if asked.many:
        return _late_counts(session, found, month)
    rows = [_late_row(one) for owed in found.values() for one in owed]
    return Result(rows, None, _late_bars(rows))


def _late_by_window(
    session: Session, asked: Asked, month: date
) -> dict[ReportingWindow, list[Missing]]:
    """What is owed to the windows of a month, those of provinces first, then those of clusters."""
    statement = select(ReportingWindow).where(ReportingWindow.month == month)
    if asked.province_id is not None:
        statement = statement.where(ReportingWindow.province_id == asked.province_id)
    ordered = statement.order_by(
        ReportingWindow.cluster_id.is_not(None), ReportingWindow.province_id,
        ReportingWindow.cluster_id,
    )  # fmt: skip
    windows = session.scalars(ordered).all()
    return {one: project_reports.late_list(session, one, asked.today) for one in windows}


def _late_row(one: Missing) -> Row:
    report = Record(ProgressReport, one.report.id) if one.report else None
    return {
        "project": Cell(one.project.name, Record(Project, one.project.id)),
        "agency": _agency(one.project),
        "reported_on": Cell(one.report.reported_on if one.report else None, report),
        "days_late": Cell(one.days_late),
        "lacks": Cell(lacks_words(one)),
    }


def lacks_words(one: Missing) -> str:
    """What is missing, in words; a report that only came late lacks nothing."""
    return ", ".join(str(LACKS[name]) for name in one.lacks) or _("Complete, but late")


def _late_counts(
    session: Session, found: dict[ReportingWindow, list[Missing]], month: date
) -> Result:
    shown = provinces_shown(session, Project)
    owed = {one.province_id: missing for one, missing in found.items()}
    rows = [
        {"province": Cell(name, Within(key)), **_missing_counts(owed.get(key, []), key, month)}
        for key, name in shown.items()
    ]
    rows += [_cluster_counts(one, missing) for one, missing in found.items() if one.cluster_id]
    series = tuple(
        Series(str(title), tone, _numbers(rows, key)) for key, title, tone in LATE_COUNTS
    )
    bars = Bars(tuple(str(row["province"].value) for row in rows), series, _("Projects"))
    totals: Row = {"province": Cell(_("All provinces"))}
    for key, _title, _tone in LATE_COUNTS:
        totals[key] = Cell(sum(_numbers(rows, key)))
    return Result(rows, totals, bars, provinces_left_out(session, Project, shown))


LATE_COUNTS: tuple[tuple[str, Text, str], ...] = (
    ("none", _l("Not reported"), "bad"),
    ("late", _l("Reported late"), "warn"),
    ("thin", _l("Something missing"), "gold"),
)
"""How a report of a month falls short, with the tones of the bars; each project counts once."""


def _missing_counts(owed: list[Missing], province_id: int, month: date) -> Row:
    none, late, thin = _short(owed)
    owing = (("late", month.isoformat()[:7]), ("province_id", str(province_id)))
    return {
        "none": Cell(none, Rows(Project, owing) if none else None),
        "late": Cell(late, Within(province_id) if late else None),
        "thin": Cell(thin, Within(province_id) if thin else None),
    }


def _cluster_counts(window: ReportingWindow, owed: list[Missing]) -> Row:
    """A cluster's row; its name and each count open the window, which lists what is missing."""
    opened = Record(ReportingWindow, window.id)
    counts = zip((key for key, _title, _tone in LATE_COUNTS), _short(owed), strict=True)
    return {
        "province": Cell(str(window.cluster), opened),
        **{key: Cell(n, opened if n else None) for key, n in counts},
    }


def _short(owed: list[Missing]) -> tuple[int, int, int]:
    """How many did not report, reported late, or reported in time with something missing."""
    none = sum(not one.handed_in for one in owed)
    late = sum(one.handed_in and one.days_late > 0 for one in owed)
    return none, late, len(owed) - none - late


def _late_bars(rows: list[Row]) -> Bars | None:
    """How many projects of each agency fall short."""
    counted = Counter(str(row["agency"].value) for row in rows)
    if not counted:
        return None
    series = Series(_("Projects"), "bad", tuple(counted.values()))
    return Bars(tuple(counted), (series,), _("Projects"))


LATE = Report(
    key="late-project-reports",
    title=_l("Late reports of projects"),
    short=_l("Projects that report late"),
    area=AREA,
    entity=Project,
    parameters=(MONTH,),
    columns=(
        Column("province", _l("Province"), seen="many"),
        *(Column(key, title, "number", seen="many") for key, title, _tone in LATE_COUNTS),
        Column("project", _l("Project"), seen="one"),
        Column("agency", _l("Responsible agency"), seen="one"),
        Column("reported_on", _l("Reported on"), "date", seen="one"),
        Column("days_late", _l("Days late"), "number", seen="one"),
        Column("lacks", _l("What is missing"), seen="one"),
    ),
    figure=_late,
    empty=(
        _l("Nothing is missing"),
        _l("Every project that owes a report of this month has handed in a whole one in time, or"
           " the month has no reporting window."),
    ),
    notes=(
        _l("Counted: projects that have begun, are neither on hold nor cancelled, and whose work was"
           " not accepted before the month; days are counted from the closing of the window."),
    ),
)  # fmt: skip

REPORTS = (STATUS, PROBLEMS, LATE)
