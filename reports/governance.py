"""Reports on committees: mission groups and their sectors, terms that end."""

from collections import Counter
from dataclasses import replace
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from entities import dates
from entities.vocabulary import CommitteeStatus, CommitteeType, Mission, Sector
from figures import governance
from figures.governance import MISSIONS, SECTORS, Group
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
    Within,
    in_province,
    lang,
    province_names,
    provinces_left_out,
    provinces_shown,
)
from reports.base import Record as One

SERVING = (("closed_on.empty", "1"),)
"""The filter of the members who serve."""
MISSION_TONES = {
    Mission.ECONOMY: "brand", Mission.SOCIAL: "ok", Mission.SECURITY: "gold",
    Mission.MANAGEMENT: "mute",
}  # fmt: skip


def _state(groups: int, on_any: int, everywhere: bool) -> Cell:
    """Whole: every group has every sector; in part: every sector sits somewhere."""
    if groups < MISSIONS or on_any < SECTORS:
        return Cell(_("Incomplete"), tone="bad", sign="!")
    if not everywhere:
        return Cell(_("Not on every group"), tone="warn", sign="◔")
    return Cell(_("Complete"), tone="ok", sign="✓")


def _members(groups: list[Group]) -> Rows | None:
    filters = tuple(("committee_id", str(group.committee_id)) for group in groups)
    return Rows(Membership, (*filters, *SERVING)) if groups else None


ACTIVE_GROUPS = (
    ("type", CommitteeType.MISSION_GROUP.value), ("status", CommitteeStatus.ACTIVE.value),
)  # fmt: skip


def _committees(province_id: int) -> Rows:
    return Rows(Committee, (*ACTIVE_GROUPS, ("province_id", str(province_id))))


def _names(sectors: tuple[Sector, ...]) -> str | None:
    return ", ".join(str(sector) for sector in sectors) or None


def _missing(groups: list[Group]) -> tuple[Sector, ...]:
    present = governance.sectors_on(groups)
    return tuple(sector for sector in Sector if sector not in present)


def _mission_groups(session: Session, asked: Asked) -> Result:
    groups = governance.mission_groups(session, asked.province_id)
    return _by_province(session, groups) if asked.many else _by_group(groups)


def _by_province(session: Session, groups: list[Group]) -> Result:
    shown = provinces_shown(session, Committee)
    rows = [
        _province(key, name, [group for group in groups if group.province_id == key])
        for key, name in shown.items()
    ]
    whole = sum(row["state"].tone != "bad" for row in rows)
    note = _("%(n)s of %(all)s provinces have all four groups and all six sectors.",
             n=whole, all=len(rows))  # fmt: skip
    return Result(
        rows, _sum_of(rows), _group_bars(rows),
        (note, *provinces_left_out(session, Committee, shown)),
    )  # fmt: skip


def _province(province_id: int, name: str, groups: list[Group]) -> Row:
    present = SECTORS - len(_missing(groups))
    everywhere = all(not group.missing for group in groups)
    return {
        "province": Cell(name, Within(province_id)),
        "groups": Cell(len(groups), _committees(province_id), whole=MISSIONS),
        "sectors": Cell(present, _members(groups), whole=SECTORS),
        **{mission.value: _on_group(groups, mission) for mission in Mission},
        "missing": Cell(_names(_missing(groups))),
        "state": _state(len(groups), present, everywhere),
    }


def _on_group(groups: list[Group], mission: Mission) -> Cell:
    found = [group for group in groups if group.mission is mission]
    return Cell(len(found[0].sectors), _members(found), whole=SECTORS) if found else Cell(None)


def _sum_of(rows: list[Row]) -> Row:
    counted = ("groups", "sectors", *(mission.value for mission in Mission))
    sums = {
        key: Cell(
            sum(_number(row[key]) for row in rows), whole=sum(row[key].whole or 0 for row in rows)
        )
        for key in counted
    }
    sums["groups"] = replace(sums["groups"], opens=Rows(Committee, ACTIVE_GROUPS))
    return {"province": Cell(_("All provinces")), **sums}


def _number(cell: Cell) -> int:
    return cell.value if isinstance(cell.value, int) else 0


def _group_bars(rows: list[Row]) -> Bars:
    """How many sectors sit on each group of each province: four groups of six make 24."""
    series = tuple(
        Series(str(mission), tone, tuple(_number(row[mission.value]) for row in rows))
        for mission, tone in MISSION_TONES.items()
    )
    names = tuple(str(row["province"].value) for row in rows)
    return Bars(names, series, _("Sectors on the four mission groups"), goal=MISSIONS * SECTORS)


def _sector_bars(rows: list[Row]) -> Bars:
    title = _("Sectors on the mission group")
    series = Series(title, "brand", tuple(_number(row["sectors"]) for row in rows))
    names = tuple(str(row["mission"].value) for row in rows)
    return Bars(names, (series,), title, goal=SECTORS)


def _by_group(groups: list[Group]) -> Result:
    rows = [
        _group(mission, [group for group in groups if group.mission is mission])
        for mission in Mission
    ]
    present = SECTORS - len(_missing(groups))
    everywhere = all(not group.missing for group in groups)
    totals = {
        "mission": Cell(
            _("%(n)s of %(whole)s mission groups", n=len(groups), whole=MISSIONS),
            _committees(groups[0].province_id) if groups else None,
        ),
        "members": Cell(sum(group.members for group in groups), _members(groups)),
        "sectors": Cell(present, _members(groups), whole=SECTORS),
        "missing": Cell(_names(_missing(groups))),
        "state": _state(len(groups), present, everywhere),
    }
    return Result(rows, totals, _sector_bars(rows))


def _group(mission: Mission, found: list[Group]) -> Row:
    if not found:
        none = {key: Cell(None) for key in ("members", "sectors", "missing")}
        state = Cell(_("Not set up"), tone="bad", sign="!")
        return {"mission": Cell(str(mission)), **none, "state": state}
    group = found[0]
    return {
        "mission": Cell(str(mission), One(Committee, group.committee_id)),
        "members": Cell(group.members, _members(found)),
        "sectors": Cell(len(group.sectors), _members(found), whole=SECTORS),
        "missing": Cell(_names(group.missing)),
        "state": Cell(_("Sectors missing"), tone="warn", sign="◔")
        if group.missing
        else Cell(_("Complete"), tone="ok", sign="✓"),
    }


MISSION_GROUPS = Report(
    key="mission-groups",
    title=_l("Mission groups and sectors"),
    area=_l("Governance"),
    entity=Committee,
    whole=True,
    columns=(
        Column("province", _l("Province"), seen="many"),
        Column("groups", _l("Mission groups"), "share", seen="many"),
        Column("mission", _l("Mission group"), seen="one"),
        Column("members", _l("Members"), "number", seen="one"),
        Column("sectors", _l("Sectors"), "share"),
        *(Column(mission.value, mission.title, "share", seen="many") for mission in Mission),
        Column("missing", _l("Sectors missing")),
        Column("state", _l("State"), "chip"),
    ),
    figure=_mission_groups,
    notes=(
        _l("A province should have four mission groups, and six sectors should serve on them"
           " (Office of the Permanent Secretary for Interior, report of 2552)."),
        _l("Counted: mission groups that are active, and members who serve now."),
    ),
)  # fmt: skip


SPANS = ((None, -1), (0, 30), (31, 60), (61, 90))
"""Days left, from and to, that the chart of ending terms puts together."""


def _terms_ending(session: Session, asked: Asked) -> Result:
    members = governance.terms_ending(session, asked.today, asked.province_id)
    names = province_names(session) if asked.many else {}
    rows = [_term(member, asked.today, names) for member in members]
    last = asked.today + governance.SOON
    counted = Rows(Membership, (("ends_on.to", last.isoformat()), *SERVING, *in_province(asked)))
    totals = {"name": Cell(_("%(n)s members", n=f"{len(rows):,}"), counted)} if rows else None
    note = _(
        "Counted: members who serve now and whose term ends by %(day)s or has ended.",
        day=dates.short_date(last, lang()),
    )
    return Result(rows, totals, _term_bars(members, asked.today), (note,))


def _term(member: Membership, today: date, names: dict[int, str]) -> Row:
    left = (_end(member) - today).days
    return {
        "name": Cell(member.name, One(Membership, member.id)),
        "province": Cell(names.get(member.province_id or 0)),
        "committee": Cell(str(member.committee), One(Committee, member.committee_id)),
        "role": Cell(str(member.role)),
        "sector": Cell(str(member.sector)),
        "ends_on": Cell(member.ends_on),
        "left": Cell(left),
        "state": _left(left),
    }


def _end(member: Membership) -> date:
    assert member.ends_on is not None, "the figure takes only terms with an end"  # noqa: S101
    return member.ends_on


def _left(days: int) -> Cell:
    if days < 0:
        return Cell(_("Term has ended"), tone="bad", sign="!")
    if days <= 30:
        return Cell(_("Within a month"), tone="warn", sign="◔")
    return Cell(_("Soon"), tone="info", sign="◷")


def _term_bars(members: list[Membership], today: date) -> Bars:
    days = Counter((_end(member) - today).days for member in members)
    values = tuple(
        sum(n for left, n in days.items() if (low is None or low <= left) and left <= high)
        for low, high in SPANS
    )
    titles = tuple(
        _("Ended") if low is None else _("In %(low)s–%(high)s days", low=low, high=high)
        for low, high in SPANS
    )
    return Bars(titles, (Series(_("Members"), "brand", values),), _("Members"))


TERMS_ENDING = Report(
    key="terms-ending",
    title=_l("Terms that end within 90 days"),
    area=_l("Governance"),
    entity=Membership,
    columns=(
        Column("name", _l("Member")),
        Column("province", _l("Province"), seen="many"),
        Column("committee", _l("Committee")),
        Column("role", _l("Role on the committee")),
        Column("sector", _l("Sector")),
        Column("ends_on", _l("Term ends on"), "date"),
        Column("left", _l("Days left"), "number"),
        Column("state", _l("State"), "chip"),
    ),
    figure=_terms_ending,
    empty=(_l("No term ends soon"), _l("Members appear here 90 days before their term ends.")),
)

REPORTS = (MISSION_GROUPS, TERMS_ENDING)
