"""What committees lack: a chair, a secretary, a sector, a member for a seat, and terms that end."""

from datetime import date, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from figures import governance
from figures.governance import Gaps
from models import Committee, Membership
from reports.base import (
    Asked,
    Bars,
    Cell,
    Column,
    Report,
    Result,
    Row,
    Rows,
    Series,
    province_names,
)
from reports.base import Record as One
from reports.governance import SERVING

COUNTED = ("vacant", "over", "ending")


def _gaps(session: Session, asked: Asked) -> Result:
    found = governance.gaps(session, asked.today, asked.province_id)
    found.sort(key=lambda gap: not (gap.no_chair or gap.no_secretary))
    names = province_names(session) if asked.many else {}
    rows = [_lacking(gap, asked.today, names) for gap in found]
    totals = {
        "committee": Cell(_("%(n)s committees", n=f"{len(rows):,}")),
        **{key: Cell(sum(int(str(row[key].value)) for row in rows)) for key in COUNTED},
    }
    return Result(rows, totals if rows else None, _gap_bars(found))


def _lacking(gap: Gaps, today: date, names: dict[int, str]) -> Row:
    committee = gap.committee
    of = ("committee_id", str(committee.id)), *SERVING
    over = (*of, ("ends_on.to", (today - timedelta(days=1)).isoformat()))
    last = (today + governance.SOON).isoformat()
    ending = (*of, ("ends_on.from", today.isoformat()), ("ends_on.to", last))
    lead = [word for word, lacks in _leaders(gap) if lacks]
    return {
        "committee": Cell(committee.name, One(Committee, committee.id)),
        "province": Cell(names.get(committee.province_id or 0)),
        "leaders": Cell(", ".join(lead) or None),
        "missing": Cell(", ".join(map(str, gap.sectors)) or None),
        "vacant": Cell(gap.vacant),
        "over": Cell(gap.expired, Rows(Membership, over)),
        "ending": Cell(gap.ending, Rows(Membership, ending)),
        "state": Cell(_("Cannot be invited"), tone="bad", sign="!")
        if lead
        else Cell(_("Incomplete"), tone="warn", sign="◔"),
    }


def _leaders(gap: Gaps) -> list[tuple[str, bool]]:
    return [(_("no chair"), gap.no_chair), (_("no secretary"), gap.no_secretary)]


def _gap_bars(found: list[Gaps]) -> Bars:
    """How many committees lack what."""
    counted = (
        (_("No chair"), [gap.no_chair for gap in found]),
        (_("No secretary"), [gap.no_secretary for gap in found]),
        (_("Sectors missing"), [bool(gap.sectors) for gap in found]),
        (_("Seats vacant"), [bool(gap.vacant) for gap in found]),
        (_("Terms past their end"), [bool(gap.expired) for gap in found]),
        (_("Terms that end within 90 days"), [bool(gap.ending) for gap in found]),
    )
    values = tuple(sum(lacks) for _title, lacks in counted)
    titles = tuple(title for title, _lacks in counted)
    return Bars(titles, (Series(_("Committees"), "gold", values),), _("Committees"))


COMMITTEE_GAPS = Report(
    key="committee-gaps",
    title=_l("Committees with gaps"),
    area=_l("Governance"),
    entity=Committee,
    whole=True,
    columns=(
        Column("committee", _l("Committee")),
        Column("province", _l("Province"), seen="many"),
        Column("leaders", _l("Chair and secretary")),
        Column("missing", _l("Sectors missing")),
        Column("vacant", _l("Seats vacant"), "number"),
        Column("over", _l("Terms past their end"), "number"),
        Column("ending", _l("Terms that end within 90 days"), "number"),
        Column("state", _l("State"), "chip"),
    ),
    figure=_gaps,
    notes=(
        _l("Counted: committees at work and members who serve now; sectors are asked of mission groups."),
    ),
    empty=(
        _l("No committee lacks anyone"),
        _l("A committee appears here when a chair, a secretary, a sector or a seat is missing, or a term ends."),
    ),
)  # fmt: skip

REPORTS = (COMMITTEE_GAPS,)
