"""What may be done to a document: each verb of the rules as a button, or a small form."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import flash, redirect, request, url_for
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from access.database import db
from admin_views import link_pickers, register_sheet, secret_files, uploads
from admin_views.acting import viewer, way_back
from admin_views.document_sending import DocumentSending
from admin_views.verbs import Ask, ask, do
from admin_views.words import said
from entities import dates
from entities.vocabulary import (
    DocumentStatus,
    EndorsementAction,
    NumberStatus,
    RegisterKind,
    Role,
)
from models import (
    Complaint,
    Document,
    Loan,
    OfficeUnit,
    RegisterNumber,
    RetentionClass,
)
from rules import documents, registers, retention
from rules.base import Broken
from rules.documents import Note

A, K, S = EndorsementAction, RegisterKind, DocumentStatus
ENDORSERS = (Role.CHIEF_OF_OFFICE, Role.DEPUTY_GOVERNOR, Role.GOVERNOR)
PASSED_TO = (
    *ENDORSERS, Role.REGISTRAR, Role.SECRETARY, Role.PLANNER, Role.FINANCE,
    Role.COMPLAINT_OFFICER, Role.PERSONNEL_OFFICER, Role.PROVINCE_ADMIN,
)  # fmt: skip
"""To whom an endorsement may pass a document, in the order in which they are asked for."""
USUAL = ("ทราบ", "เห็นชอบ", "อนุมัติ", "มอบดำเนินการ", "เพื่อโปรดพิจารณา")
"""Official wording that endorsers write most; a press puts it in."""
MOST_AT_ONCE = 200
GONE = (S.CANCELLED, S.DESTROYED)
"""Of such a document nothing is left that could be answered."""


def _roles(roles: Sequence[Role]) -> list[tuple[int, str]]:
    return [(n, said(role.title)) for n, role in enumerate(roles, 1)]


def _role(number: int | None, roles: Sequence[Role]) -> Role | None:
    return roles[number - 1] if number else None


def _classes() -> list[tuple[int, str]]:
    statement = select(RetentionClass).where(RetentionClass.is_active.is_(True))
    return [(c.id, c.name) for c in db.session.scalars(statement.order_by(RetentionClass.id))]


def _usual_class() -> int | None:
    """The class of ordinary documents: the first that is written down."""
    return next((key for key, _name in _classes()), None)


class DocumentActs(DocumentSending):
    """The acts of a document's page; `EntityView` gives the rest."""

    def record_acts(self, record: Document) -> list[dict[str, Any]]:
        """The next act first and filled, then what else may be done now."""
        steps = [act for verb, act in self._next(record) if viewer().reaches(record, verb)]
        if steps and "why" not in steps[0]:
            steps[0]["primary"] = True
        acts = [*steps, *self._beside(record)]
        if viewer().reaches(record, "edit") and documents.rewritten_by(record, db.session()):
            acts.append(_link(_("Edit"), ".edit_view", record))
        if viewer().reaches(record, "cancel") and record.status not in registers.FINISHED:
            acts.append(
                {**_link(_("Cancel this document"), ".cancel_view", record), "danger": True}
            )
        return acts

    def _next(self, record: Document) -> list[tuple[str, dict[str, Any]]]:
        """What a document's state asks for, each with the right that it needs."""
        mine = record.waits_for in viewer().roles
        present = ("present", _link(_("Present it"), ".present_view", record))
        endorse = ("endorse", _link(_("Endorse it"), ".endorse_view", record))
        sign = ("sign", _link(_("Sign it"), ".sign_view", record, "post",
                              confirm=_("Sign this document with your name?")))  # fmt: skip
        back = ("sign", _link(_("Give it back"), ".back_view", record))
        issue = ("register", _link(_("Give it a number"), ".number_view", record, "post"))
        kept = ("register", _link(_("Use a number kept free"), ".kept_view", record))
        send = ("send", _link(_("Send it"), ".send_view", record))
        file = ("file", _filing(record))
        found = {
            S.REGISTERED: [present],
            S.PRESENTED: [endorse] if mine else [],
            S.ENDORSED: [endorse] if mine else [],
            S.ACTING: [("report", _link(_("It was acted on"), ".report_view", record))],
            S.DONE: [file, present],
            S.DRAFT: [("review", self._review(record))],
            S.REVIEWED: [sign, back] if mine else [],
            S.SIGNED: [issue, kept, back],
            S.NUMBERED: [send],
            S.SENT: [("send", _link(_("Send to more"), ".send_view", record)), file],
            S.ACKNOWLEDGED: [file],
        }.get(record.status, [])
        return [act for act in found if act is not kept or _free_numbers(record)]

    def _review(self, record: Document) -> dict[str, Any]:
        act = _link(_("The draft is right"), ".review_view", record)
        if record.made_by is not None and record.made_by == viewer().user_id:
            act["why"] = _("Whoever wrote a draft does not check it.")
        return act

    def _beside(self, record: Document) -> list[dict[str, Any]]:
        """What may be done beside the next step."""
        acts, received = [], record.register_kind is K.RECEIVED
        open_ = record.status not in registers.FINISHED
        lives = record.status not in GONE
        if received and record.number and lives and viewer().may(Document, "create"):
            acts.append(_link(_("Answer it"), ".answer_view", record))
        acts += _open_a_case(record)
        if received and open_ and viewer().reaches(record, "send"):
            acts.append(_link(_("Pass on to units"), ".send_view", record))
        if record.status is S.FILED and register_sheet.reaches(Loan, "lend", record.province_id):
            acts.append(_link(_("Lend it"), ".lend_view", record))
        if record.status is S.FILED and viewer().reaches(record, "file"):
            acts.append(_link(_("It was superseded"), ".supersede_view", record))
        return acts

    # Received documents.

    @expose("/present/", methods=("GET", "POST"))
    def present_view(self) -> Any:
        """Present a received document to the one who endorses it first."""
        record = self._asked("present")
        asked = [
            Ask("to_role", _l("Presented to"), "pick", default=1, pairs=lambda: _roles(ENDORSERS)),
            Ask("text", _l("What is written"), "text", required=False,
                help=_l("Left empty, the usual words.")),
        ]  # fmt: skip

        def act(told: dict[str, Any]) -> None:
            to = ENDORSERS[told["to_role"] - 1]
            documents.present(record, to, db.session(), dates.now(), told["text"] or "")

        return ask(self, record, _("Present %(what)s", what=record), asked, act,
                   save_title=_("Present it"))  # fmt: skip

    @expose("/endorse/", methods=("GET", "POST"))
    def endorse_view(self) -> Any:
        """Endorse a document: the words, what they ask for, to whom, and by when."""
        record = self._asked("endorse")
        asked = [
            Ask("text", _l("What is written"), "text", usual=USUAL),
            Ask("action", _l("What it asks for"), "choice", choices=EndorsementAction, default=A.ACT),
            Ask("to_role", _l("Passed to"), "pick", required=False,
                pairs=lambda: _roles(PASSED_TO),
                help=_l("Left empty with the unit, it is done with and goes back to the registrar.")),
            Ask("to_unit", _l("Acting unit"), "pick", required=False,
                pairs=lambda: link_pickers.units(record.province_id)),
            Ask("due_on", _l("Due on"), "date", required=False),
        ]  # fmt: skip

        def act(told: dict[str, Any]) -> str:
            unit = db.session.get(OfficeUnit, told["to_unit"]) if told["to_unit"] else None
            note = Note(told["text"] or "", told["action"], _role(told["to_role"], PASSED_TO),
                        unit, told["due_on"])  # fmt: skip
            documents.endorse(record, note, db.session(), dates.now())
            return _("Endorsed: %(what)s", what=record)

        return ask(
            self, record, _("Endorse %(what)s", what=record), asked, act,
            save_title=_("Endorse it"), done_url=url_for("distribution.inbox_view"),
            notice=_("It stands under your name, post and the moment; nobody changes it afterwards."),
        )  # fmt: skip

    @expose("/report/", methods=("GET", "POST"))
    def report_view(self) -> Any:
        """Say that a document was acted on."""
        record = self._asked("report")
        return ask(
            self, record, _("%(what)s was acted on", what=record),
            [Ask("text", _l("What was done"), "text")],
            lambda told: _done(documents.report(record, told["text"] or "", db.session(), dates.now())),
            save_title=_("It was acted on"),
        )  # fmt: skip

    # Drafts.

    @expose("/review/", methods=("GET", "POST"))
    def review_view(self) -> Any:
        """Check a draft and pass it to the one who signs."""
        record = self._asked("review")
        asked = [
            Ask("to_role", _l("Signed by"), "pick", default=3, pairs=lambda: _roles(ENDORSERS))
        ]

        def act(told: dict[str, Any]) -> None:
            to = ENDORSERS[told["to_role"] - 1]
            documents.review(record, db.session(), dates.now(), signed_by=to)

        return ask(self, record, _("Check the draft %(what)s", what=record), asked, act,
                   save_title=_("The draft is right"))  # fmt: skip

    @expose("/sign/", methods=("POST",))
    def sign_view(self) -> Any:
        """Sign a checked draft."""
        record = self._asked("sign")
        return do(self, record, lambda: _done(documents.sign(record, db.session(), dates.now())),
                  told=_("Signed; it waits for its number."))  # fmt: skip

    @expose("/back/", methods=("GET", "POST"))
    def back_view(self) -> Any:
        """Give a draft back to its writer."""
        record = self._asked("sign")
        return ask(
            self, record, _("Give %(what)s back", what=record), [Ask("reason", _l("Reason"), "paragraph")],
            lambda told: _done(
                documents.send_back(record, told["reason"] or "", db.session(), dates.now())
            ),
            save_title=_("Give it back"),
        )  # fmt: skip

    @expose("/number/", methods=("POST",))
    def number_view(self) -> Any:
        """Give one signed draft its number."""
        record = self._asked("register")
        return do(self, record, lambda: _issued([record]))

    @expose("/issue/", methods=("POST",))
    def issue_view(self) -> Any:
        """Give the ticked drafts their numbers: all of them or none."""
        self.require("register")  # type: ignore[attr-defined]
        back = way_back(url_for("register_book.index_view"))
        ticked = [self.get_one(key) for key in request.form.getlist("rowid")[:MOST_AT_ONCE]]  # type: ignore[attr-defined]
        records = [one for one in ticked if one is not None]
        for record in records:
            self.require("register", record)  # type: ignore[attr-defined]
        if not records:
            flash(_("Tick the drafts first."), "warn")
            return redirect(back)
        return do(self, None, lambda: _issued(records), done_url=back)

    @expose("/kept/", methods=("GET", "POST"))
    def kept_view(self) -> Any:
        """Let a signed draft bear a number that was kept free."""
        record = self._asked("register")
        asked = [Ask("number", _l("Number kept free"), "pick", pairs=lambda: _free_numbers(record))]

        def act(told: dict[str, Any]) -> str:
            kept = db.session.get(RegisterNumber, told["number"])
            if kept is None:
                raise Broken(_("This number is no longer free."))
            registers.use(kept, record, db.session(), dates.now())
            return _("Number given: %(number)s", number=record.number)

        return ask(self, record, _("Use a number kept free"), asked, act)

    @expose("/answer/")
    def answer_view(self) -> Any:
        """Begin the draft that answers a document; nothing secret goes into the address."""
        record = self._asked("read")
        told = {} if record.secrecy else {"to_party": record.from_party, "subject": record.subject}
        return redirect(
            url_for(
                ".create_view", register_kind=K.SENT.value, unit_id=record.unit_id,
                answers_id=record.id, **told,
            )
        )  # fmt: skip

    # Keeping.

    @expose("/file/", methods=("GET", "POST"))
    def file_view(self) -> Any:
        """File a document that is done with."""
        record = self._asked("file")
        asked = [
            Ask("retention_class", _l("Retention class"), "pick", pairs=_classes,
                default=record.retention_class_id or _usual_class()),
            Ask("file_code", _l("File code"), "line", required=False, default=record.file_code),
        ]  # fmt: skip

        def act(told: dict[str, Any]) -> str:
            kept = db.session.get(RetentionClass, told["retention_class"])
            retention.file(record, db.session(), dates.today(), kept, told["file_code"] or "")
            return _("Filed.")

        return ask(self, record, _("File %(what)s", what=record), asked, act,
                   save_title=_("File it"))  # fmt: skip

    @expose("/supersede/", methods=("GET", "POST"))
    def supersede_view(self) -> Any:
        """Say that a filed document no longer holds."""
        record = self._asked("file")
        return ask(
            self, record, _("%(what)s was superseded", what=record),
            [Ask("on", _l("Superseded on"), "date", default=dates.today())],
            lambda told: retention.supersede(record, told["on"], db.session()),
        )  # fmt: skip

    @expose("/lend/", methods=("GET", "POST"))
    def lend_view(self) -> Any:
        """Lend a filed document."""
        record = self._asked("read")
        if not register_sheet.reaches(Loan, "lend", record.province_id):
            self.refuse("lend", record.id)  # type: ignore[attr-defined]
        back = dates.today() + timedelta(days=7)
        asked = [
            Ask("borrower", _l("Borrower"), "line"),
            Ask("borrower_position", _l("Position of the borrower"), "line", required=False),
            Ask("due_on", _l("To be returned on"), "date", default=back),
        ]

        def act(told: dict[str, Any]) -> None:
            to = retention.Borrower(
                told["borrower"] or "", told["borrower_position"] or "", told["due_on"]
            )
            _done(retention.lend(record, to, db.session(), dates.today()))

        return ask(self, record, _("Lend %(what)s", what=record), asked, act,
                   save_title=_("Lend it"))  # fmt: skip

    @expose("/cancel/", methods=("GET", "POST"))
    def cancel_view(self) -> Any:
        """Cancel a document; its number stays with the reason."""
        record = self._asked("cancel")
        return ask(
            self, record, _("Cancel %(what)s", what=record), [Ask("reason", _l("Reason"), "paragraph")],
            lambda told: registers.cancel(record, told["reason"] or "", db.session(), dates.today()),
            notice=_("The number stays visible with the reason; it is not used again."),
            save_title=_("Cancel this document"),
        )  # fmt: skip

    @expose("/choose/")
    def choose_view(self) -> Any:
        """Documents for a picker of another record's page, as JSON."""
        self.require("read")  # type: ignore[attr-defined]
        province_id = link_pickers.asked_province(request.args.get("province", ""))
        way = link_pickers.known_way(request.args.get("way", ""))
        found = link_pickers.documents_like(request.args.get("q", "")[:200], province_id, way)
        return link_pickers.as_json(found)

    @expose("/rewrite/", methods=("GET", "POST"))
    def rewrite_view(self) -> Any:
        """Correct the content of a secret document."""
        record = self._asked("edit")
        if record.secrecy is None or not register_sheet.cleared(record.province_id):
            self.refuse("reveal", record.id)  # type: ignore[attr-defined]
        reads = documents.open_secret if request.method == "GET" else documents.paper_of
        paper = reads(record, db.session())
        asked = [
            Ask(
                key,
                label,
                "text" if key == "subject" else "line",
                required=key == "subject",
                default=getattr(paper, key),
            )
            for key, label in SEALED.items()
        ]
        return ask(
            self, record, _("Edit %(what)s", what=record), asked,
            lambda told: documents.rewrite_secret(record, told, db.session()),
            notice=_("Secret: this opening was written down with your name."),
            save_title=_("Save"),
        )  # fmt: skip

    @expose("/upload/", methods=("POST",))
    def upload_view(self) -> Any:
        """Attach files, each by itself."""
        record = self._asked("read")
        if record.secrecy is not None:
            return secret_files.receive(self, record)
        return uploads.receive(self, record, "document_id")

    @expose("/held/")
    def held_view(self) -> Any:
        """A file of a secret document; each opening is entered in the audit."""
        return secret_files.answer(self, self._asked("read"), request.args.get("file", ""))


SEALED = {
    "subject": _l("Subject"),
    "ref_number": _l("Number on the paper"),
    "from_party": _l("Sender"),
    "to_party": _l("Addressee"),
}


def _link(
    title: str, endpoint: str, record: Document, method: str = "get", **more: Any
) -> dict[str, Any]:
    return {"title": title, "url": url_for(endpoint, id=record.id), "method": method, **more}


def _filing(record: Document) -> dict[str, Any]:
    """To file a document; what was sent waits until nobody's receipt is open."""
    act = _link(_("File it"), ".file_view", record)
    if record.status is S.SENT and documents.unconfirmed(record, db.session()):
        act["why"] = retention.words_unconfirmed()
    return act


def _open_a_case(record: Document) -> list[dict[str, Any]]:
    """A received document may be a complaint: the page to take it down comes filled in."""
    lives = record.status not in GONE
    if record.register_kind is not K.RECEIVED or record.number is None or not lives:
        return []
    if not register_sheet.reaches(Complaint, "create", record.province_id):
        return []
    url = url_for("complaint.create_view", source_document_id=record.id)
    return [{"title": _("Open a complaint from it"), "url": url, "method": "get"}]


def _done(_made: Any) -> None:
    """A verb's record is not what the person is told."""


def _issued(records: list[Document]) -> str:
    made = registers.issue(records, db.session(), dates.now())
    numbers = ", ".join(str(one.number) for one in made)
    return _("Numbers given: %(numbers)s", numbers=numbers)


def _free_numbers(record: Document) -> list[tuple[int, str]]:
    """Numbers kept free in the register from which the draft would get one."""
    desk = register_sheet.found(record.unit, record.register_kind, record.secrecy is not None)
    if desk.book is None:
        return []
    rows = db.session.scalars(
        select(RegisterNumber).where(
            RegisterNumber.register_id == desk.book.id,
            RegisterNumber.status == NumberStatus.RESERVED,
            RegisterNumber.expires_on >= dates.today(),
        )
    )
    return [
        (one.id, f"{one.written} · {one.owner_name}")
        for one in sorted(rows, key=lambda one: one.number)
    ]
