"""The board of open cases: a column for each state on wide screens, one list on the phone."""

from datetime import date
from typing import Any

from flask import url_for
from flask_admin import expose
from flask_babel import gettext as _

from access.database import db
from admin_views import cells
from admin_views.acting import lang, switched_province
from entities import dates
from entities.vocabulary import ComplaintStatus
from figures import complaint_board as figures
from figures.complaints import WITH_AGENCY
from rules import complaints

S = ComplaintStatus
COLUMNS = (
    (S.NEW,), (S.SCREENING, S.RETURNED), (S.ASSIGNED,), (S.ACCEPTED,), (S.IN_PROGRESS,),
    (S.RESOLVED, S.REVIEWING),
)  # fmt: skip
SHOWN = 8
"""Cases of one column; its list holds all."""


def due_chip(case: Any, today: date) -> Any:
    """How soon or late a case, or a row of one, is: only while its clock counts."""
    if case.paused_on is not None:
        return cells.mark("warn", "❚", _("clock stands"))
    if case.due_on is None or case.status not in WITH_AGENCY:
        return ""
    return cells.in_days(case.due_on, today)


class BoardPages:
    """The board."""

    @expose("/board/")
    def board_view(self) -> Any:
        today, province_id = dates.today(), switched_province()
        counts = figures.standing(db.session(), today, province_id)
        found = figures.lanes(db.session(), COLUMNS, province_id, SHOWN)
        return self.render(  # type: ignore[attr-defined]
            "complaint_board.html", title=_("Board of complaints"),
            columns=[
                _column(states, rows, counts.states, today)
                for states, rows in zip(COLUMNS, found, strict=True)
            ],
            acts=self.board_acts(), crumbs=self.board_crumbs(),  # type: ignore[attr-defined]
            late=counts.late, late_url=url_for(".index_view", standing="late"), open=counts.open,
        )  # fmt: skip


def _column(states: figures.Lane, rows: list[Any], counts: Any, today: date) -> dict[str, Any]:
    at = url_for(".details_view", id="")
    return {
        "title": " · ".join(str(state.title) for state in states), "tone": states[0].tone,
        "count": sum(counts.get(state, 0) for state in states),
        "url": url_for(".index_view", status=[state.value for state in states]),
        "cards": [_card(row, at, today, len(states) > 1) for row in rows],
    }  # fmt: skip


def _card(case: Any, at: str, today: date, mixed: bool) -> dict[str, Any]:
    told = [_("the centre itself") if case.own_handling else case.agency, case.category]
    return {
        "number": case.number, "subject": case.subject, "late": complaints.over_due(case, today),
        "url": f"{at}{case.id}", "due": due_chip(case, today),
        "state": cells.chip(case.status) if mixed else "",
        "sub": " · ".join(filter(None, told)),
        "received": _("received %(day)s", day=dates.short_date(case.received_on, lang())),
    }  # fmt: skip
