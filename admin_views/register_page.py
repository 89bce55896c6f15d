"""Registers on screen: each book as a sheet, what is kept free, and the proof that none has a hole."""

from datetime import timedelta
from typing import Any, ClassVar

from flask import Response, abort, request, url_for
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import select

from access.database import db
from admin_views import cells, desk, register_papers, register_sheet
from admin_views.acting import lang, switched_province, viewer
from admin_views.base import EntityView
from admin_views.register_paste import RegisterPaste
from admin_views.register_sheet import Desk
from admin_views.verbs import Ask, ask
from admin_views.words import said
from entities import dates
from entities.vocabulary import NumberStatus, RegisterKind
from figures import documents as figures
from models import Document, OfficeUnit, Province, RegisterBook, RegisterNumber, SecretPaper
from rules import registers
from rules.registers import Wish

K = RegisterKind
ON_FRONT = (K.RECEIVED, K.SENT, K.CIRCULAR, K.INTERNAL, K.ORDER, K.ANNOUNCEMENT)


def this_year() -> str:
    """The calendar year of today, as the address has it."""
    return str(dates.be_year(dates.today()))


class RegisterBookView(RegisterPaste, EntityView):
    """A book opens as its sheet; the list begins with this year's registers of each unit."""

    list_template = "register_list.html"
    details_template = "register.html"
    along = (RegisterBook.unit,)
    related: ClassVar[list[Any]] = []
    tabs: ClassVar[list[Any]] = [
        (_l("This year"), {"year": this_year}),
        (_l("Received documents"), {"kind": "received"}),
        (_l("Sent documents"), {"kind": "sent"}),
        (_l("Circulars"), {"kind": "circular"}),
    ]

    # The front page.

    def list_context(self, state: Any, page: Any) -> dict[str, Any]:
        return {**super().list_context(state, page), "units": self._front()}

    def _front(self) -> list[dict[str, Any]]:
        """This year's registers of each unit, the ones not yet opened too."""
        province_id = desk.desk_province()
        if province_id is None or not viewer().may(OfficeUnit, "read"):
            return []
        units = db.session.scalars(
            select(OfficeUnit)
            .where(OfficeUnit.province_id == province_id, OfficeUnit.is_active.is_(True))
            .order_by(OfficeUnit.code)
        ).all()
        year = dates.today().year
        books = db.session.scalars(
            select(RegisterBook).where(
                RegisterBook.province_id == province_id, RegisterBook.year == year
            )
        ).all()
        opened = {(b.unit_id, b.kind, b.secret): b for b in books}
        return [_unit(unit, year, opened) for unit in units]

    def list_acts(self, state: Any) -> list[dict[str, Any]]:
        proof = {"title": _("Proof of the registers"), "url": url_for(".proofs_view")}
        return [*super().list_acts(state), {**proof, "method": "get", "icon": "check"}]

    # The sheet.

    def details_context(self, record: RegisterBook) -> dict[str, Any]:
        return register_sheet.context(self, register_sheet.desk_of(record))

    @expose("/sheet/")
    def sheet_view(self) -> Any:
        """This year's register of a unit, opened or not."""
        self.require("read")
        return self.render(self.details_template, **register_sheet.context(self, self.asked_desk()))

    def asked_desk(self) -> Desk:
        """The register that the address names: by its id, or by unit, kind and secrecy."""
        if "id" in request.values:
            return register_sheet.desk_of(self.record())
        unit = _of_id(OfficeUnit, request.values.get("unit", ""))
        kind = next((k for k in K if k.value == request.values.get("kind")), None)
        if unit is None or kind is None:
            abort(404)
        return register_sheet.found(unit, kind, request.values.get("secret") == "1")

    def refused_row(self, desk_: Desk, form: Any) -> Any:
        """The sheet again, with a row that could not be saved as it was typed."""
        context = register_sheet.context(self, desk_, form)
        return self.render(self.details_template, **context), 422

    def sheet_acts(self, desk_: Desk) -> list[dict[str, Any]]:
        """The buttons over a sheet."""
        acts, book = [], desk_.book
        received = desk_.kind is K.RECEIVED
        province_id = desk_.unit.province_id
        registers_here = register_sheet.reaches(Document, "register", province_id)
        if registers_here and desk_.open and received and not desk_.secret:
            to = url_for("register_book.paste_view", unit=desk_.unit.id, kind=desk_.kind.value)
            acts.append({"title": _("Paste from Excel"), "url": to, "method": "get"})
        if book is not None and not received and desk_.open and registers_here:
            to = url_for("register_book.reserve_view", id=book.id)
            acts.append({"title": _("Keep numbers free"), "url": to, "method": "get"})
        return [*acts, *(_papers(book) if book is not None else [])]

    # Numbers kept free.

    @expose("/reserve/", methods=("GET", "POST"))
    def reserve_view(self) -> Any:
        """Keep the next numbers of a register free for somebody."""
        record = self.record()
        if not register_sheet.reaches(RegisterNumber, "reserve", record.province_id):
            self.refuse("reserve", record.id)
        asked = [
            Ask("count", _l("How many numbers"), "number", default=1),
            Ask("owner_name", _l("Kept for"), "line"),
            Ask("reason", _l("Reason"), "paragraph"),
            Ask("expires_on", _l("Kept until"), "date", default=_year_end()),
        ]

        def act(told: dict[str, Any]) -> str:
            wish = Wish(told["count"], told["owner_name"], told["reason"], told["expires_on"])
            made = registers.reserve(
                record.unit, record.kind, wish, db.session(), dates.now(), record.secret
            )
            return _("Kept free: %(numbers)s", numbers=", ".join(one.written for one in made))

        return ask(
            self, record, _("Keep numbers free"), asked, act,
            notice=_("They stand in the register with owner and reason, until they are used or cancelled."),
        )  # fmt: skip

    # The proof.

    @expose("/proof/")
    def proof_view(self) -> Any:
        """The proof that one register has no hole; made to be printed."""
        record = self.record()
        found = figures.prove(db.session(), dates.today(), register_id=record.id)
        return self._proof_page(found, record.name, url_for(".details_view", id=record.id))

    @expose("/proofs/")
    def proofs_view(self) -> Any:
        """The proof of every register that the viewer reaches in the province."""
        self.require("read")
        found = figures.prove(db.session(), dates.today(), switched_province())
        return self._proof_page(found, _("All registers"), url_for(".index_view"))

    def _proof_page(self, found: Any, what: str, back: str) -> Any:
        broken = [proof for proof in found if not proof.whole]
        return self.render(
            "register_proof.html", title=_("Proof: %(what)s", what=what),
            proofs=[_proof(proof) for proof in found], broken=len(broken), count=len(found),
            at=dates.moment(dates.now(), lang()), who=viewer().name, post=viewer().position,
            place=_place(found), papers=_proof_papers(found),
            crumbs=[
                {"title": self.name, "url": url_for(".index_view")}, {"title": what, "url": back},
            ],
        )  # fmt: skip

    @expose("/workbook/")
    def workbook_view(self) -> Response:
        """The register in its standard columns as Excel; the export is entered in the audit."""
        from workbooks import registers as papers

        record = self.record()
        self.require("export", record)
        key, thai_digits = record.id, request.args.get("digits") == "thai"

        def make(session: Any, acting: Any, now: Any) -> bytes:
            book = session.get_one(RegisterBook, key)
            return papers.workbook(session, book, acting, now, thai_digits=thai_digits)

        of = ("register_book", key)
        return register_papers.sheet(of, record.name, record.province_id, "register", make)

    @expose("/proofs/workbook/")
    def proofs_workbook_view(self) -> Response:
        """The proof of every register of a province as Excel; the export is entered in the audit."""
        from workbooks import registers as papers

        place = _of_id(Province, request.args.get("province", ""))
        if place is None or not register_sheet.reaches(RegisterBook, "export", place.id):
            self.refuse("export", None)
        key, title = place.id, f"{papers.PROOF} จังหวัด{place.name}"

        def make(session: Any, acting: Any, now: Any) -> bytes:
            return papers.proof_workbook(session, key, acting, now)

        return register_papers.sheet(("register_book", None), title, key, "proof", make)


def _place(found: list[figures.Proof]) -> str:
    """The province of a proof; empty where it tells of several."""
    ids = {proof.province_id for proof in found}
    place = db.session.get(Province, ids.pop()) if len(ids) == 1 else None
    return f"จังหวัด{place.name}" if place is not None else ""


def _proof_papers(found: list[figures.Proof]) -> list[dict[str, str]]:
    """The proof as a workbook, where it tells of one province."""
    ids = {proof.province_id for proof in found}
    if len(ids) != 1 or not register_sheet.reaches(RegisterBook, "export", min(ids)):
        return []
    url = url_for("register_book.proofs_workbook_view", province=min(ids))
    return [{"title": _("Proof of all registers (Excel)"), "url": url}]


def _papers(book: RegisterBook) -> list[dict[str, Any]]:
    proof = {
        "title": _("Proof of this register"),
        "url": url_for("register_book.proof_view", id=book.id),
    }
    acts = [{**proof, "method": "get", "icon": "check"}]
    if viewer().reaches(book, "export"):
        for title, more in (
            (_("Register (Excel)"), {}),
            (_("With Thai digits"), {"digits": "thai"}),
        ):
            to = url_for("register_book.workbook_view", id=book.id, **more)
            acts.append({"title": title, "url": to, "method": "get", "icon": "download"})
    return acts


def _unit(unit: OfficeUnit, year: int, opened: dict[Any, RegisterBook]) -> dict[str, Any]:
    """A unit with the registers that it keeps this year; secret ones for those cleared."""
    cleared = register_sheet.reaches(SecretPaper, "read", unit.province_id)
    links = [_link(unit, kind, year, False, opened) for kind in ON_FRONT]
    if cleared:
        links += [_link(unit, kind, year, True, opened) for kind in (K.RECEIVED, K.SENT)]
    return {"title": str(unit.name), "code": unit.code, "links": links}


def _link(
    unit: OfficeUnit, kind: RegisterKind, year: int, secret: bool, opened: dict[Any, RegisterBook]
) -> dict[str, Any]:
    one = Desk(unit, kind, year, secret, opened.get((unit.id, kind, secret)))
    title = said(kind.title)
    return {
        "title": _("%(register)s (secret)", register=title) if secret else title,
        "url": one.url, "opened": one.book is not None, "secret": secret,
    }  # fmt: skip


EXPLAINED = {
    "cancelled": ("bad", "✕", _l("Cancelled")),
    "released": ("bad", "✕", _l("Kept free, then cancelled")),
    "reserved": ("warn", "◷", _l("Kept free")),
    "expired": ("bad", "!", _l("Kept free, time over")),
}
FAULTS = {
    "missing": _l("Missing numbers"),
    "twice": _l("Numbers that stand twice"),
    "outside": _l("Numbers below 1"),
    "counter": _l("Numbers past the counter"),
}


def _proof(proof: figures.Proof) -> dict[str, Any]:
    """A proof as its page tells it."""
    return {
        "name": proof.name, "url": url_for("register_book.details_view", id=proof.register_id),
        "whole": proof.whole, "last": f"{proof.last:,}", "documents": f"{proof.documents:,}",
        "kept": f"{proof.kept:,}", "explained": [_explained(one) for one in proof.explained],
        "unsent": [_unsent(one) for one in proof.unsent],
        "faults": [
            (str(FAULTS[fault.kind]), ", ".join(str(n) for n in fault.numbers))
            for fault in proof.faults
        ],
    }  # fmt: skip


def _explained(one: figures.Explained) -> dict[str, Any]:
    tone, sign, words = EXPLAINED[one.kind]
    return {
        "number": one.written or one.number, "chip": cells.mark(tone, sign, str(words)),
        "owner": one.owner, "reason": one.reason,
        "until": dates.short_date(one.until, lang()) if one.until else "",
    }  # fmt: skip


def _unsent(one: figures.Unsent) -> dict[str, Any]:
    days = (dates.today() - one.since).days
    return {
        "number": one.written, "subject": one.subject,
        "url": url_for("document.details_view", id=one.id),
        "chip": cells.mark("warn" if days else "info", "◷", _("waiting %(n)s days", n=days)),
    }  # fmt: skip


def _of_id(entity: Any, text: str) -> Any:
    valid = text.isascii() and text.isdigit() and len(text) < 19
    return db.session.get(entity, int(text)) if valid else None


def _year_end() -> Any:
    return dates.today().replace(month=12, day=31)


class RegisterNumberView(EntityView):
    """Numbers kept free: a signed draft uses one, or it is cancelled with its reason."""

    in_menu = False
    related: ClassVar[list[Any]] = []
    tabs: ClassVar[list[Any]] = [
        (_l("Kept free"), {"status": "reserved"}),
        (_l("Time over"), {
            "status": "reserved", "expires_on.to": lambda: dates.input_date(_yesterday()),
        }),
    ]  # fmt: skip

    def chip(self, record: RegisterNumber) -> Markup:
        late = record.status is NumberStatus.RESERVED and record.expires_on < dates.today()
        over = cells.mark("bad", "!", _("time over")) if late else Markup("")
        return cells.chip(record.status) + Markup(" ") + over

    def record_acts(self, record: RegisterNumber) -> list[dict[str, Any]]:
        if record.status is not NumberStatus.RESERVED or not viewer().reaches(record, "cancel"):
            return []
        to = url_for(".release_view", id=record.id)
        return [{"title": _("Cancel this number"), "url": to, "method": "get", "danger": True}]

    @expose("/release/", methods=("GET", "POST"))
    def release_view(self) -> Any:
        """Cancel a number that was kept free."""
        record = self.record()
        self.require("cancel", record)
        return ask(
            self, record, _("Cancel the number %(number)s", number=record.written),
            [Ask("reason", _l("Reason"), "paragraph")],
            lambda told: registers.release(record, told["reason"] or "", db.session()),
            notice=_("The number stays visible with the reason; it is not used again."),
        )  # fmt: skip


def _yesterday() -> Any:
    return dates.today() - timedelta(days=1)
