"""The packet's sections on projects: their traffic lights, and the problems the committee decides.

Official wording stands here in Thai: the packet is a Thai office's paper in any language.
"""

from collections import Counter

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from access import viewer as who
from entities.money import shown
from entities.vocabulary import CommitteeType, Light
from figures import governance
from figures import projects as figures
from figures.projects import DONE, Standing
from models import Problem, Project
from workbooks.reports import OVERSEEING
from workbooks.sections import Packet, section
from workbooks.sheets import Sheet

TOLD = (Light.RED, Light.AMBER)
"""The lights whose projects are named one by one, the worst first."""
LOOKS = {Light.RED: "bad", Light.AMBER: "warn"}
CALM = "ไม่มีโครงการที่ล่าช้ากว่าแผน"
NO_PROBLEM = "ไม่มีปัญหาอุปสรรคที่ต้องเสนอคณะกรรมการ"


def _wanted(packet: Packet) -> bool:
    """Where a committee looks at the projects of its province or cluster, and the maker may."""
    over = packet.meeting.committee.type in OVERSEEING | {CommitteeType.CLUSTER}
    return over and who.of(packet.session).may(Project, "read")


def _home(packet: Packet) -> ColumnElement[bool]:
    meeting = packet.meeting
    if meeting.province_id is not None:
        return Project.province_id == meeting.province_id
    return Project.cluster_id == meeting.cluster_id


@section("project-lights", "สัญญาณไฟโครงการ", 70, _wanted)
def lights(packet: Packet) -> None:
    """How many projects show each light, and each that is behind its plan with the reason."""
    where = (_home(packet), Project.status.not_in(DONE))
    found = figures.standings(packet.session, packet.today, figures.limits(), *where)
    sheet = packet.sheet([6, 40, 28, 14, 12, 12, 12, 14], landscape=True)
    sheet.title("สัญญาณไฟการดำเนินโครงการ", _counted(found))
    sheet.gap()
    sheet.head(["ที่", "โครงการ", "หน่วยดำเนินการ", "งบประมาณ (บาท)", "แผน (%)", "ผล (%)",
                "ต่างจากแผน", "สถานะ"])  # fmt: skip
    behind = [one for light in TOLD for one in found.values() if one.light is light]
    named = _named(packet, [one.project_id for one in behind])
    for n, one in enumerate(behind, 1):
        _line(sheet, n, named[one.project_id], one, packet)
    if not behind:
        sheet.across(CALM, "none")
    packet.used(Project, named)


def _counted(found: dict[int, Standing]) -> str:
    counts = Counter(one.light for one in found.values())
    return " · ".join(f"{light} {counts[light]:,} โครงการ" for light in Light if counts[light])


def _named(packet: Packet, ids: list[int]) -> dict[int, Project]:
    rows = select(Project).where(Project.id.in_(ids)).options(joinedload(Project.agency))
    return {one.id: one for one in packet.session.scalars(rows)}


def _line(sheet: Sheet, n: int, project: Project, one: Standing, packet: Packet) -> None:
    facts = one.facts
    late = facts.days_late(packet.today)
    words = [
        str(one.light), f"เลยกำหนด {late:,} วัน" if late else "",
        "มีปัญหารุนแรง" if facts.severe else "", str(project.status),
    ]  # fmt: skip
    sheet.line(
        [n, project.name, governance.agency_name(project), project.budget, facts.planned, facts.actual,
         shown(facts.slip), "\n".join(filter(None, words))],
        ["centre", None, None, "money", "money", "money", "centre", LOOKS[one.light]],
    )  # fmt: skip


@section("project-problems", "ปัญหาที่ต้องเสนอ", 71, _wanted)
def problems(packet: Packet) -> None:
    """The open problems of projects that need the committee, the first due first."""
    within = Problem.project_id.in_(select(Project.id).where(_home(packet)))
    found = figures.open_problems(packet.session, within, Problem.for_committee.is_(True))
    sheet = packet.sheet([6, 34, 34, 12, 30, 22], landscape=True)
    sheet.title("ปัญหาอุปสรรคของโครงการที่ต้องเสนอคณะกรรมการ")
    sheet.gap()
    sheet.head(["ที่", "โครงการ", "ปัญหาอุปสรรค", "ระดับ", "แนวทางแก้ไข", "ผู้รับผิดชอบ / กำหนด"])
    for n, one in enumerate(found, 1):
        due = f"{one.owner_name}\n{_due(one, packet)}"
        sheet.line(
            [n, one.project.name, f"{one.title} ({one.kind})", str(one.severity), one.remedy, due],
            ["centre", None, None, "centre"],
        )
    if not found:
        sheet.across(NO_PROBLEM, "none")
    packet.used(Problem, [one.id for one in found])


def _due(one: Problem, packet: Packet) -> str:
    late = (packet.today - one.due_on).days
    return f"เลยกำหนด {late:,} วัน" if late > 0 else f"อีก {-late:,} วัน"
