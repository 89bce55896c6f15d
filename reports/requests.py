"""The report on budget requests: how many projects stand at which step, and with how many baht."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from entities import dates, money
from entities.base import Text
from entities.money import NOTHING
from entities.vocabulary import RequestStatus, RequestStep
from figures import requests as figures
from figures.requests import Stage
from models import RequestItem
from reports.base import (
    Asked,
    Bars,
    Cell,
    Column,
    Parameter,
    Report,
    Result,
    Row,
    Rows,
    Series,
    Within,
    province_of,
    provinces_left_out,
    provinces_shown,
)

Filters = tuple[tuple[str, str], ...]
REFUSED = "refused"
TONES = {
    RequestStep.DRAFT: "mute", RequestStep.SCREENING: "gold", RequestStep.PROVINCE: "brand",
    RequestStep.CLUSTER: "calm", RequestStep.POLICY: "warn", RequestStep.BUREAU: "mute",
    RequestStep.ENACTED: "ok",
}  # fmt: skip
STANDING: Filters = (
    ("status", RequestStatus.OPEN.value), ("status", RequestStatus.ENACTED.value),
)  # fmt: skip
KEYS: tuple[tuple[str, Text], ...] = (
    *((step.value, step.title) for step in RequestStep),
    (REFUSED, RequestStatus.REJECTED.title),
)
"""The places of the pipeline: the last step that decided, and what was refused."""
MILLION = Decimal(1_000_000)


def _years(session: Session, today: date) -> list[int]:
    """The fiscal years that requests were made for; the coming one always among them."""
    return sorted({dates.fiscal_year(today) + 1, *figures.fiscal_years(session)}, reverse=True)


def _coming(today: date) -> int:
    return dates.fiscal_year(today) + 1


YEAR = Parameter("fiscal_year", _l("Fiscal year"), _coming, _years)


def _pipeline(session: Session, asked: Asked) -> Result:
    year = asked.values["fiscal_year"]
    if asked.many:
        return _by_home(session, asked, figures.pipeline(session, year))
    only = province_of(session, PIPELINE, asked)
    home: Filters = (("province_id", str(only)),) if only else ()
    return _by_step(asked, figures.pipeline(session, year, only), home)


def _key(stage: Stage) -> str:
    return REFUSED if stage.step is None else stage.step.value


def _opened(asked: Asked, key: str, home: Filters) -> Rows:
    """The projects behind a count: of the year, at that place, of that home."""
    year = (("fiscal_year", str(asked.values["fiscal_year"])),)
    at: Filters = (("step", key), *STANDING)
    if key == REFUSED:
        at = (("status", RequestStatus.REJECTED.value),)
    return Rows(RequestItem, (*year, *at, *home))


def _whole(asked: Asked, home: Filters) -> Rows:
    year = (("fiscal_year", str(asked.values["fiscal_year"])),)
    return Rows(RequestItem, (*year, *STANDING, *home))


def _count(stages: Iterable[Stage], key: str) -> int:
    return sum(stage.count for stage in stages if _key(stage) == key)


def _baht(stages: Iterable[Stage], key: str) -> Decimal:
    return sum((stage.baht for stage in stages if _key(stage) == key), NOTHING)


def _kept(stages: Iterable[Stage]) -> list[Stage]:
    return [stage for stage in stages if stage.step is not None]


def _by_home(session: Session, asked: Asked, stages: list[Stage]) -> Result:
    shown = provinces_shown(session, RequestItem)
    rows = [
        {"place": Cell(name, Within(key))}
        | _places(asked, [s for s in stages if s.province_id == key], (("province_id", str(key)),))
        for key, name in shown.items()
    ]
    theirs = [stage for stage in stages if stage.province_id is None]
    if theirs:
        home: Filters = (("province_id.empty", "1"),)
        rows.append({"place": Cell(_("Province clusters"))} | _places(asked, theirs, home))
    totals = {"place": Cell(_("All provinces")), **_places(asked, stages, ())}
    return Result(rows, totals, _home_bars(rows), provinces_left_out(session, RequestItem, shown))


def _places(asked: Asked, stages: list[Stage], home: Filters) -> Row:
    counts = {key: _count(stages, key) for key, _title in KEYS}
    cells = {key: Cell(n, _opened(asked, key, home) if n else None) for key, n in counts.items()}
    kept = _kept(stages)
    whole = sum(stage.count for stage in kept)
    return {
        **cells,
        "projects": Cell(whole, _whole(asked, home) if whole else None),
        "baht": Cell(sum((stage.baht for stage in kept), NOTHING)),
    }


def _home_bars(rows: list[Row]) -> Bars:
    series = tuple(
        Series(str(step.title), TONES[step], tuple(_number(row[step.value]) for row in rows))
        for step in RequestStep
    )
    used = tuple(one for one in series if any(one.values))
    return Bars(tuple(str(row["place"].value) for row in rows), used, _("Proposed projects"))


def _number(cell: Cell) -> int:
    return cell.value if isinstance(cell.value, int) else 0


def _by_step(asked: Asked, stages: list[Stage], home: Filters) -> Result:
    """One province: a row for each step, with its projects, baht and share of all baht."""
    whole = sum((stage.baht for stage in _kept(stages)), NOTHING)
    rows = [_step(asked, stages, key, str(title), whole, home) for key, title in KEYS]
    if not stages:
        return Result([])
    kept = _kept(stages)
    totals = {
        "step": Cell(_("Still in the request")),
        "projects": Cell(sum(stage.count for stage in kept), _whole(asked, home)),
        "baht": Cell(whole),
        "share": Cell(money.percent(whole, whole)),
    }
    return Result(rows, totals, _step_bars(rows))


def _step(
    asked: Asked, stages: list[Stage], key: str, title: str, whole: Decimal, home: Filters
) -> Row:
    count, baht = _count(stages, key), _baht(stages, key)
    share = None if key == REFUSED else money.percent(baht, whole)
    return {
        "step": Cell(title),
        "projects": Cell(count, _opened(asked, key, home) if count else None),
        "baht": Cell(baht),
        "share": Cell(share),
    }


def _step_bars(rows: list[Row]) -> Bars:
    """Millions of baht at each step."""
    standing = rows[:-1]
    values = tuple(_millions(row["baht"]) for row in standing)
    names = tuple(str(row["step"].value) for row in standing)
    return Bars(names, (Series(_("Million baht"), "brand", values),), _("Million baht"), places=2)


def _millions(cell: Cell) -> Decimal:
    baht = cell.value if isinstance(cell.value, Decimal) else NOTHING
    return (baht / MILLION).quantize(money.SATANG)


PIPELINE = Report(
    key="request-pipeline",
    title=_l("Request pipeline by step"),
    area=_l("Budget requests"),
    entity=RequestItem,
    parameters=(YEAR,),
    columns=(
        Column("place", _l("Province"), seen="many"),
        *(Column(key, title, "number", seen="many") for key, title in KEYS),
        Column("step", _l("Step"), seen="one"),
        Column("projects", _l("Projects"), "number"),
        Column("baht", _l("Baht"), "money"),
        Column("share", _l("Share (%)"), "percent", seen="one"),
    ),
    figure=_pipeline,
    empty=(
        _l("No project was proposed for that year"),
        _l("Projects appear here as soon as they are proposed in a budget request."),
    ),
    notes=(
        _l("Counted at the last step that decided on a project, with the amount it gave; before any"
           " decision, with what is asked for."),
        _l("Refused projects are counted apart with what they asked for, and stand in no total."),
    ),
    in_packet=False,
)  # fmt: skip

REPORTS = (PIPELINE,)
