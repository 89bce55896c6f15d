"""What the centre does with a case: each verb is a button or a small form on the case's page."""

from collections.abc import Callable, Collection
from datetime import date
from functools import partial
from typing import Any

from flask import abort, request, url_for
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from access import mailing
from access.database import db
from admin_views import complaint_intake as intake
from admin_views import complaint_page, posting_letters, uploads
from admin_views.acting import viewer
from admin_views.verbs import Ask, ask, do
from entities import dates
from entities.vocabulary import AssignmentPart, ComplaintStatus, ResultKind
from figures.complaints import OVER, WITH_AGENCY
from figures.complaints_near import usual_lead
from models import (
    Accused,
    Agency,
    Assignment,
    Attachment,
    Complainant,
    Complaint,
    ComplaintCategory,
    ComplaintLink,
    FactFinding,
    Reminder,
)
from rules import (
    complaint_clock,
    complaint_files,
    complaint_reminders,
    complaint_secrecy,
    complaints,
)
from rules.base import Broken

S = ComplaintStatus
SUPPORTS = ("support_1", "support_2", "support_3")
"""Supporting agencies asked for at once; more are added one by one."""
LOOKUP = "/admin/complaint/lookup/?field=lead_agency_id"
"""Where agencies are looked up when they are too many for a list."""
Act = dict[str, Any]
Verb = str | Callable[[Complaint], str]
"""The right that an act takes; where it follows from the case, what tells it."""


def _why() -> Ask:
    return Ask("reason", _l("Reason"), "paragraph")


def next_acts(case: Complaint) -> list[Act]:
    """What can be done now, the next act first; only what the person has a right to."""
    found = [act for verb, act in _by_state(case) if viewer().reaches(case, verb)]
    return [*_granting(case), *found, *_times(case), *_beside(case)]


def _go(endpoint: str, title: str, case: Complaint, method: str = "get", **more: Any) -> Act:
    url = url_for(f"complaint.{endpoint}", id=case.id)
    return {"title": title, "url": url, "method": method, "next": "why" not in more, **more}


def _by_state(case: Complaint) -> list[tuple[str, Act]]:
    """The verbs that lead on from where the case stands, with the right each takes."""
    if case.number is None:
        return [("receive", _go("edit_view", _("Go on with the draft"), case))]
    screen = ("screen", _go("screen_view", _("Begin screening"), case, "post"))
    assign = ("assign", _go("assign_view", _("Assign to agencies"), case))
    handle = ("assign", _go("handle_view", _("Handle it ourselves"), case))
    reject = ("reject", _go("reject_view", _("Not accept"), case))
    tell = ("notify", _go("notify_view", _("Complainant was informed"), case))
    close = ("close_case", _go("close_view", _("Close the case"), case))
    back = ("judge", _go("send_back_view", _("Send back to the agency"), case))
    judge = ("judge", _go("review_view", _("Begin the review"), case, "post"))
    support = ("assign", _go("support_view", _("Add a supporting agency"), case, next=False))
    chase = [*_chasing(case), support]
    at_end = [close, tell] if case.notified_on else [tell, close]
    return {
        S.NEW: [screen],
        S.SCREENING: [assign, handle, reject],
        S.RETURNED: [screen],
        S.ASSIGNED: chase,
        S.ACCEPTED: chase,
        S.IN_PROGRESS: [("judge", _go("progress_view", _("Report progress"), case)), *at_end]
        if case.own_handling else chase,
        S.RESOLVED: [judge, support],
        S.REVIEWING: [*at_end, back, support],
        S.CLOSED: [("notify", _go("rate_view", _("Satisfaction"), case, next=case.satisfaction is None)),
                   ("reopen", _go("reopen_view", _("Reopen"), case, next=False))],
    }.get(case.status, [])  # fmt: skip


def _chasing(case: Complaint) -> list[tuple[str, Act]]:
    """To remind the lead agency; the next thing to do once the case is late."""
    if case.status not in WITH_AGENCY or case.paused_on is not None or case.own_handling:
        return []
    lead = next(iter(complaint_page.parts(case.id)), None)
    if lead is None or lead.part is not AssignmentPart.LEAD or lead.status not in complaints.HELD:
        return []
    url = url_for("complaint.remind_view", id=case.id, assignment=lead.id)
    late = complaints.over_due(case, dates.today())
    return [
        ("assign", {"title": _("Remind the agency"), "url": url, "method": "post", "next": late})
    ]


def _granting(case: Complaint) -> list[Act]:
    """To grant or refuse the time that was asked for; never by whoever asked."""
    if case.extension_to is None or not viewer().reaches(case, _granting_verb(case)):
        return []
    own = case.extension_by == viewer().user_id
    told = {"why": _("Whoever asked cannot approve it too.")} if own else {}
    grant = _go("extend_view", _("Grant more time"), case, "post", **told)
    return [grant, _go("refuse_extension_view", _("Refuse more time"), case)]


def _granting_verb(case: Complaint) -> str:
    return complaints.granting(case, viewer())


def _who_decides(case: Complaint) -> str:
    """Who will decide on more time that the viewer asks for."""
    if viewer().reaches(case, "extend"):
        return _(
            "The governor or a deputy governor decides on what the head of the centre asks for."
        )
    if complaint_page.headless(case):
        return _("The centre has no head now: the governor or a deputy governor decides on it.")
    return _("Another person, the head of the centre, grants it.")


def _times(case: Complaint) -> list[Act]:
    """Pausing, more time and the day of the case."""
    if case.number is None or case.status in OVER:
        return []
    found = []
    if viewer().reaches(case, "pause"):
        if case.paused_on is not None:
            found.append(_go("resume_view", _("Start the clock again"), case, "post"))
        else:
            found.append(_go("pause_view", _("Stop the clock"), case, next=False))
    if case.status in WITH_AGENCY and case.paused_on is None and case.extension_to is None:
        if case.due_on is not None and viewer().reaches(case, "ask_extension"):
            found.append(_go("ask_extension_view", _("Ask for more time"), case, next=False))
        if viewer().reaches(case, "assign"):
            found.append(_go("due_view", _("Set the due day"), case, next=False))
    return found


def _beside(case: Complaint) -> list[Act]:
    """Papers and what is hung on a case."""
    if case.number is None:
        return []
    found = []
    if viewer().reaches(case, "receive"):
        found += [
            _go("receipt_view", _("Receipt slip"), case, next=False),
            _go("slip_view", _("Status slip"), case, next=False),
        ]
    back = url_for("complaint.details_view", id=case.id)
    for entity, title in ((ComplaintLink, _("Link a case")), (FactFinding, _("Fact-finding"))):
        if viewer().may(entity, "create"):
            url = url_for(f"{entity.__tablename__}.create_view", complaint_id=case.id, url=back)
            found.append({"title": title, "url": url, "method": "get"})
    if viewer().reaches(case, "assign") and _has_files_to_choose(case):
        found.append(_go("files_view", _("Files for the agencies"), case, next=False))
    if case.status not in OVER and viewer().may(Accused, "identify"):
        found.append(_go("accuse_view", _("Write down who is accused"), case, next=False))
    return found


def _has_files_to_choose(case: Complaint) -> bool:
    """Whether agencies hold the case and there is a file that they could be given."""
    held = case.status in (*WITH_AGENCY, S.RESOLVED, S.REVIEWING) and not case.own_handling
    one = complaint_files.of_case(case.id).with_only_columns(Attachment.id).limit(1)
    return held and db.session.scalar(one) is not None


def agencies(case: Complaint, *, free: bool = False) -> list[tuple[int, str]]:
    """The agencies of the case's province that may work on it; `free` ones do not yet."""
    statement = select(Agency.id, Agency.name).where(Agency.province_id == case.province_id)
    accused = select(Accused.accused_agency_id).where(
        Accused.complaint_id == case.id, Accused.accused_agency_id.is_not(None)
    )
    barred = set(db.session.scalars(accused))
    if free:
        barred |= {one.agency_id for one in complaints.standing(case, db.session())}
    rows = db.session.execute(statement.order_by(Agency.sort_key, Agency.id))
    return [(row[0], row[1]) for row in rows if row[0] not in barred]


def _agency(key: Any) -> Agency:
    return db.session().get_one(Agency, key)


class ActPages:
    """The verbs of a case by address; each asks for its right before anything else."""

    def _post(self, verb: Verb, rule: Callable[..., Any], told: str) -> Any:
        record = self._for(verb)
        return do(self, record, lambda: rule(record, db.session(), dates.today()), told=told)

    def _for(self, verb: Verb) -> Complaint:
        """The case of the address, for a verb that the person may do to it."""
        record: Complaint = self.record()  # type: ignore[attr-defined]
        self.require(verb if isinstance(verb, str) else verb(record), record)  # type: ignore[attr-defined]
        return record

    def _ask(
        self, verb: Verb, title: str, asked: Callable[[Any], list[Ask]], act: Any, notice: str = "",
        save_title: str = "",
    ) -> Any:  # fmt: skip
        """A small form that asks what the verb needs; `act` gets the record and what was told."""
        record = self._for(verb)
        called = f"{title}: {record}"
        return ask(
            self, record, called, asked(record), lambda told: act(record, told) and None,
            save_title=save_title or title, notice=notice,
        )  # fmt: skip

    def _with_reason(self, verb: Verb, title: str, rule: Any, notice: str = "") -> Any:
        return self._ask(
            verb, title, lambda _case: [_why()],
            lambda case, told: rule(case, told["reason"] or "", db.session(), dates.today()), notice,
        )  # fmt: skip

    # Screening and assigning.

    @expose("/screen/", methods=("POST",))
    def screen_view(self) -> Any:
        return self._post("screen", complaints.screen, _("Screening has begun."))

    @expose("/assign/", methods=("GET", "POST"))
    def assign_view(self) -> Any:
        return self._ask("assign", _("Assign to agencies"), _asked_agencies, _assign)

    @expose("/support/", methods=("GET", "POST"))
    def support_view(self) -> Any:
        def act(case: Complaint, told: dict[str, Any]) -> None:
            made = complaints.add_support(
                case, _agency(told["agency"]), told["instruction"], db.session(), dates.today()
            )
            complaint_files.share(case, told.get("files") or [], db.session(), made)

        return self._ask("assign", _("Add a supporting agency"), _asked_support, act)

    @expose("/files/", methods=("GET", "POST"))
    def files_view(self) -> Any:
        """Which files of the case its agencies open, chosen anew."""

        def asked(case: Complaint) -> list[Ask]:
            return _asked_files(case, complaint_files.chosen(case, db.session()))

        def act(case: Complaint, told: dict[str, Any]) -> None:
            complaint_files.share(case, told.get("files") or [], db.session())

        title, save = _("Files for the agencies"), _("Save")
        return self._ask("assign", title, asked, act, save_title=save)

    @expose("/release/", methods=("GET", "POST"))
    def release_view(self) -> Any:
        record = self.record()  # type: ignore[attr-defined]
        part = self._part(record)

        def rule(_case: Complaint, why: str, work: Any, today: date) -> None:
            complaints.release(part, why, work, today)

        return self._with_reason("assign", _("Relieve %(agency)s", agency=part.agency), rule)

    @expose("/remind/", methods=("POST",))
    def remind_view(self) -> Any:
        """Remind one agency now; its letter is sent once the reminder stands."""
        record = self.record()  # type: ignore[attr-defined]
        self.require("assign", record)  # type: ignore[attr-defined]
        part, given = self._part(record), list[Reminder]()

        def act() -> None:
            given.append(complaint_reminders.remind_now(part, db.session(), dates.today()))

        answer = do(self, record, act, told=_("Reminded: %(agency)s", agency=part.agency))
        mail([one for one in given if one in db.session])
        return answer

    def _part(self, record: Complaint) -> Assignment:
        """The assignment of the case that the address names."""
        key = request.args.get("assignment", "")
        found = db.session.get(Assignment, int(key)) if key.isascii() and key.isdigit() else None
        if found is None or found.complaint_id != record.id:
            abort(404)
        return found

    @expose("/handle/", methods=("GET", "POST"))
    def handle_view(self) -> Any:
        def act(case: Complaint, told: dict[str, Any]) -> None:
            complaints.handle(case, db.session(), dates.today(), told["due_on"])

        def asked(case: Complaint) -> list[Ask]:
            return [Ask("due_on", _l("Due on"), "date", default=usual_day(case), required=False)]

        return self._ask("assign", _("Handle it ourselves"), asked, act)

    @expose("/reject/", methods=("GET", "POST"))
    def reject_view(self) -> Any:
        notice = _("The case keeps its number and stands closed with the reason.")
        return self._with_reason("reject", _("Not accept"), complaints.reject, notice)

    # The work and its end.

    @expose("/progress/", methods=("GET", "POST"))
    def progress_view(self) -> Any:
        def act(case: Complaint, told: dict[str, Any]) -> None:
            complaints.note_progress(case, told["text"] or "", db.session(), dates.today())

        asked = [Ask("text", _l("What was done in the case"), "text")]
        return self._ask("judge", _("Report progress"), lambda _case: asked, act)

    @expose("/review/", methods=("POST",))
    def review_view(self) -> Any:
        return self._post("judge", complaints.review, _("The review has begun."))

    @expose("/send-back/", methods=("GET", "POST"))
    def send_back_view(self) -> Any:
        notice = _("The lead agency reads what you write here.")
        return self._with_reason(
            "judge", _("Send back to the agency"), complaints.send_back, notice
        )

    @expose("/notify/", methods=("GET", "POST"))
    def notify_view(self) -> Any:
        def act(case: Complaint, told: dict[str, Any]) -> None:
            complaints.notify(case, told["text"] or "", db.session(), dates.today())

        asked = [Ask("text", _l("How (by telephone, letter, in person …)"), "line")]
        return self._ask("notify", _("Complainant was informed"), lambda _case: asked, act)

    @expose("/close/", methods=("GET", "POST"))
    def close_view(self) -> Any:
        return self._ask("close_case", _("Close the case"), _asked_end, _close)

    @expose("/rate/", methods=("GET", "POST"))
    def rate_view(self) -> Any:
        def act(case: Complaint, told: dict[str, Any]) -> None:
            complaints.rate(case, told["satisfaction"], told["note"], db.session(), dates.today())

        return self._ask("notify", _("Satisfaction"), _asked_points, act)

    @expose("/reopen/", methods=("GET", "POST"))
    def reopen_view(self) -> Any:
        notice = _("It stays one case with its number and story, and is screened anew.")
        return self._with_reason("reopen", _("Reopen"), complaints.reopen, notice)

    # Time.

    @expose("/pause/", methods=("GET", "POST"))
    def pause_view(self) -> Any:
        notice = _("While the clock stands no day is counted and nobody is reminded.")
        return self._with_reason("pause", _("Stop the clock"), complaints.pause, notice)

    @expose("/resume/", methods=("POST",))
    def resume_view(self) -> Any:
        return self._post("pause", complaints.resume, _("The clock runs again."))

    @expose("/ask-extension/", methods=("GET", "POST"))
    def ask_extension_view(self) -> Any:
        def act(case: Complaint, told: dict[str, Any]) -> None:
            complaints.ask_extension(
                case, told["until"], told["reason"] or "", db.session(), dates.today()
            )

        asked = [Ask("until", _l("Until"), "date"), _why()]
        notice = _who_decides(self.record())  # type: ignore[attr-defined]
        return self._ask("ask_extension", _("Ask for more time"), lambda _case: asked, act, notice)

    @expose("/extend/", methods=("POST",))
    def extend_view(self) -> Any:
        return self._post(_granting_verb, complaints.extend, _("More time is granted."))

    @expose("/refuse-extension/", methods=("GET", "POST"))
    def refuse_extension_view(self) -> Any:
        rule = complaints.refuse_extension
        return self._with_reason(_granting_verb, _("Refuse more time"), rule)

    @expose("/due/", methods=("GET", "POST"))
    def due_view(self) -> Any:
        def act(case: Complaint, told: dict[str, Any]) -> None:
            complaints.set_due(
                case, told["due_on"], told["reason"] or "", db.session(), dates.today()
            )

        def asked(case: Complaint) -> list[Ask]:
            return [Ask("due_on", _l("Due on"), "date", default=case.due_on), _why()]

        notice = _("A first day, or an earlier one; more time is asked for and granted.")
        return self._ask("assign", _("Set the due day"), asked, act, notice)

    # Who complains, who is accused, and papers.

    @expose("/identify/", methods=("GET", "POST"))
    def identify_view(self) -> Any:
        """Write down or correct who complains; what stands there is not shown."""
        record = self.record()  # type: ignore[attr-defined]
        if not viewer().may(Complainant, "identify"):
            self.refuse("identify", record.id)  # type: ignore[attr-defined]
        self.require("edit", record)  # type: ignore[attr-defined]
        form = intake.person_form()(request.form if request.method == "POST" else None)
        back = url_for("complaint.details_view", id=record.id)
        if request.method == "POST" and form.validate():
            act = partial(intake.identify, form, record, db.session(), dates.today())
            answer = do(self, record, act, form=form, done_url=back, told=_("Sealed and saved."))
            if answer is not None:
                return answer
        return self.render(  # type: ignore[attr-defined]
            "form.html", form=form, title=_("Who complains: %(what)s", what=record), sub="",
            area=None, groups=None, conflicts=None, again=False, save_title=_("Save"),
            notice=_("What was written before is not shown; what you leave empty stays as it was."),
            crumbs=[{"title": str(record), "url": back}], cancel_url=back,
            action_url=url_for("complaint.identify_view", id=record.id),
        ), 422 if request.method == "POST" else 200  # fmt: skip

    @expose("/accuse/", methods=("GET", "POST"))
    def accuse_view(self) -> Any:
        if not viewer().may(Accused, "identify"):
            self.refuse("identify")  # type: ignore[attr-defined]

        def act(case: Complaint, told: dict[str, Any]) -> None:
            complaint_secrecy.accuse(
                case, db.session(), name=told["name"] or "", position=told["position"] or "",
                agency=_agency(told["agency"]) if told["agency"] else None,
            )  # fmt: skip

        return self._ask("edit", _("Write down who is accused"), _asked_accused, act)

    @expose("/upload/", methods=("POST",))
    def upload_view(self) -> Any:
        record = self.record()  # type: ignore[attr-defined]
        self.require("edit", record)  # type: ignore[attr-defined]
        return uploads.receive(self, record, "complaint_id")


def mail(given: list[Reminder]) -> None:
    """Send what was just given, where a mail server is set and the agency has an address."""
    told = given if mailing.is_set() else []
    letters = complaint_reminders.letters(db.session(), told) if told else []

    def sent(letter: mailing.Letter) -> None:
        complaint_reminders.sent(db.session(), letter)
        db.session.commit()

    posting_letters.post(letters, sent)


def usual_day(case: Complaint) -> date | None:
    """The due day that follows from the days of the category."""
    category = db.session.get(ComplaintCategory, case.category_id)
    if category is None or category.days is None:
        return None
    return complaint_clock.after(db.session(), case.province_id, dates.today(), category.days)


def _asked_agencies(case: Complaint) -> list[Ask]:
    pairs = partial(agencies, case)
    lead = usual_lead(db.session(), case.province_id, case.category_id, case.district_id)
    known = {key for key, _name in pairs()}
    return [
        Ask("lead", _l("Lead agency"), "pick", pairs=pairs, lookup=LOOKUP, default=lead if lead in known else None),
        *[Ask(name, _l("Supporting agency"), "pick", pairs=pairs, lookup=LOOKUP, required=False)
          for name in SUPPORTS],
        Ask("due_on", _l("Due on"), "date", default=usual_day(case), required=False,
            help=_l("From the days of the category; empty: no day is set.")),
        _asked_instruction(case),
        *_asked_files(case),
    ]  # fmt: skip


def _asked_instruction(case: Complaint) -> Ask:
    """What to do, begun with where and what it is: an agency sees nothing else of the case."""
    return Ask(
        "instruction", _l("What to do"), "text", required=False, default=complaint_files.brief(case),
        help=_l("Agencies read it: without the complainant's name, phone or address."),
    )  # fmt: skip


def _asked_files(case: Complaint, kept: Collection[int] = ()) -> list[Ask]:
    """Which files of the case go along: none, unless they are ticked."""
    found = db.session.scalars(complaint_files.of_case(case.id)).all()
    pairs = [(one.id, one.name) for one in found]
    told = _l("Only what is ticked goes along. Look first that it does not tell who complained.")
    files = Ask(
        "files", _l("Files that go along"), "ticks", pairs=lambda: pairs, required=False, help=told,
        default=[key for key, _name in pairs if key in kept],
    )  # fmt: skip
    return [files] if pairs else []


def _assign(case: Complaint, told: dict[str, Any]) -> None:
    supports = [_agency(told[name]) for name in SUPPORTS if told[name]]
    if any(one.id == told["lead"] for one in supports):
        raise Broken(_("The lead agency cannot support itself."), SUPPORTS[0])
    made = complaints.assign(
        case, _agency(told["lead"]), supports, told["instruction"], db.session(), dates.today(),
        told["due_on"],
    )  # fmt: skip
    complaint_files.share(case, told.get("files") or [], db.session(), made)


def _asked_support(case: Complaint) -> list[Ask]:
    return [
        Ask("agency", _l("Supporting agency"), "pick", pairs=partial(agencies, case, free=True),
            lookup=LOOKUP),
        _asked_instruction(case),
        *_asked_files(case, complaint_files.chosen(case, db.session())),
    ]  # fmt: skip


def _asked_end(case: Complaint) -> list[Ask]:
    informed = case.notified_on is not None
    told = [
        Ask("kind", _l("Kind of result"), "choice", choices=ResultKind, default=ResultKind.SETTLED),
        Ask("result", _l("Result"), "text", default=case.result,
            help=_l("What stands at the end; the lead agency's result unless you change it.")),
    ]  # fmt: skip
    if not informed:
        told.append(Ask(
            "unnotified_reason", _l("Why the complainant was not informed"), "text", required=False,
            help=_l("Inform the complainant first; only where that cannot be, say why."),
        ))  # fmt: skip
    return told


def _close(case: Complaint, told: dict[str, Any]) -> None:
    complaints.close(
        case, told["kind"], db.session(), dates.today(), result=told["result"],
        unnotified_reason=told.get("unnotified_reason"),
    )  # fmt: skip


POINTS = (
    (5, _l("5 — very content")), (4, _l("4 — content")), (3, _l("3 — middling")),
    (2, _l("2 — little content")), (1, _l("1 — not content")),
)  # fmt: skip


def _asked_points(_case: Complaint) -> list[Ask]:
    def pairs() -> list[tuple[int, str]]:
        return [(key, str(title)) for key, title in POINTS]

    return [
        Ask("satisfaction", _l("Satisfaction (1–5)"), "pick", pairs=pairs),
        Ask("note", _l("What the complainant said of it"), "text", required=False,
            help=_l("Without the complainant's name, phone or address.")),
    ]  # fmt: skip


def _asked_accused(case: Complaint) -> list[Ask]:
    return [
        Ask("name", _l("Full name"), "line", required=False),
        Ask("position", _l("Position"), "line", required=False),
        Ask("agency", _l("Accused agency"), "pick", pairs=partial(agencies, case), lookup=LOOKUP, required=False,
            help=_l("It never sees the case.")),
    ]  # fmt: skip
