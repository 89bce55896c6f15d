"""What stands on the agendas of the demonstration's meetings."""

from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from entities.vocabulary import AgendaPart
from models import AgendaItem, Meeting, UserAccount
from seed import demo_matters as matters
from seed.demo_matters import Matter
from seed.demo_people import Cast

P = AgendaPart
INFORMED = {"kbj": 3, "monthly": 4}
"""How many matters are for information; two in every other committee."""


@dataclass
class Desk:
    """What laying out a province's meetings needs: whose accounts write and check, and the dice.

    `turn` is the province's place among the eight; `used` counts the matters each committee had.
    """

    session: Session
    cast: Cast
    today: date
    taker: UserAccount
    checker: UserAccount
    turn: int
    dice: Random
    used: dict[str, int] = field(default_factory=dict)

    @property
    def id(self) -> int:
        """The province's code."""
        return self.cast.province.id


class Sitting(NamedTuple):
    """One meeting of a committee: its month counted from this one, and whether none is newer."""

    key: str
    meeting: Meeting
    shift: int
    newest: bool


class Heard(NamedTuple):
    """An agenda item, the matter it was written from, and the words put into the matter's texts."""

    item: AgendaItem
    matter: Matter
    said: dict[str, Any]


def write(desk: Desk, sitting: Sitting) -> list[Heard]:
    """Write the matters under parts 1, 4, 5 and 6; inviting has written parts 2 and 3."""
    chosen = [
        (P.CHAIR, desk.dice.choice(matters.every("opening"))),
        *((P.INFORM, matter) for matter in _informed(desk, sitting)),
        *((P.CONSIDER, matter) for matter in _considered(desk, sitting)),
        (P.OTHER, desk.dice.choice(matters.every("other"))),
    ]
    places = dict.fromkeys(P, 0)
    heard = []
    for part, matter in chosen:
        places[part] += 1
        heard.append(_put(desk, sitting.meeting, part, places[part], matter))
    desk.session.add_all(one.item for one in heard)
    desk.session.flush()
    return heard


def _informed(desk: Desk, sitting: Sitting) -> list[Matter]:
    """Money first where the whole province sits, then by chance what else is reported monthly."""
    pool = matters.fitting("inform", desk.cast, sitting.key, sitting.meeting.meets_on.month)
    first = pool[:1] if sitting.key in INFORMED else []
    rest = pool[len(first) :]
    count = INFORMED.get(sitting.key, 2) - len(first)
    return [*first, *desk.dice.sample(rest, min(count, len(rest)))]


def _considered(desk: Desk, sitting: Sitting) -> list[Matter]:
    """The province's own matters first, then those of the pool the committee has not yet had."""
    key, meeting = sitting.key, sitting.meeting
    ahead = meeting.meets_on >= desk.today
    own = matters.special(desk.id, key, matters.NEXT if ahead else sitting.shift)
    known = {one.title for one in matters.special(desk.id, key)}
    pool = [
        one
        for one in matters.fitting("consider", desk.cast, key, meeting.meets_on.month)
        if one.title.replace("{water}", desk.cast.place.water) not in known
    ]
    wanted = (3 if desk.cast.place.rich else 2) if key == "kbj" else 1
    start = desk.used.get(key, desk.dice.randrange(len(pool)))
    more = [pool[(start + n) % len(pool)] for n in range(max(0, wanted - len(own)))]
    desk.used[key] = start + len(more)
    return [*own, *more]


def _put(desk: Desk, meeting: Meeting, part: AgendaPart, position: int, matter: Matter) -> Heard:
    said = matters.words(desk.cast, min(meeting.meets_on, desk.today), desk.dice)

    def text(told: str) -> str | None:
        return told.format_map(said) or None

    item = AgendaItem(
        meeting=meeting,
        committee_id=meeting.committee_id,
        province_id=desk.id,
        part=part,
        position=position,
        title=text(matter.title),
        presenter=_presenter(desk, matter, part),
        agency=desk.cast.agencies.get(matter.agency),
        facts=text(matter.facts),
        background=text(matter.background),
        law=text(matter.law),
        proposal=text(matter.proposal),
        decision_asked=text(matter.asks),
    )
    return Heard(item, matter, said)


def _presenter(desk: Desk, matter: Matter, part: AgendaPart) -> str | None:
    if part is P.CHAIR:
        return "ประธาน"
    agency = desk.cast.agencies.get(matter.agency)
    return agency.head_position if agency else "ฝ่ายเลขานุการ"


def told(heard: Heard) -> str:
    """What the minutes say of a matter: who presented what, and what was said."""
    item, matter, said = heard
    if not matter.agency:
        return item.facts or ""
    talk = f"\n{matter.talk.format_map(said)}" if matter.talk else ""
    return f"{item.presenter} นำเสนอที่ประชุมว่า {item.facts}{talk}"
