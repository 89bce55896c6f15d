"""A register drawn as a sheet: its numbers in the standard columns, the newest on top.

Every number stands in its place: borne by a document, cancelled with its reason, or kept free for
somebody. The columns are those of the regulation's forms 13 and 14 (ข้อ 35, 43).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from markupsafe import Markup, escape
from sqlalchemy import func, select

from access.database import db
from admin_views import cells, forms
from admin_views.acting import REGISTRY, lang, viewer
from admin_views.words import said
from entities import dates
from entities.vocabulary import (
    DocumentStatus,
    NumberStatus,
    RegisterKind,
    Secrecy,
    Urgency,
)
from figures import documents as figures
from models import Document, OfficeUnit, RegisterBook, RegisterNumber, SecretPaper
from rules import registers

K, S = RegisterKind, DocumentStatus
PAGE = 50
"""Numbers on a page of a register."""
MOST_DRAFTS = 200
DRAFTS = (S.SIGNED, S.REVIEWED, S.DRAFT)
KEPT = ("from_party", "to_party", "dated_on", "received_on")
"""What the next row takes over from the one just registered."""
KEPT_OF_SECRETS = ("dated_on", "received_on")
"""Of a secret document nothing that it says stands in an address."""


@dataclass(frozen=True)
class Desk:
    """The register that a page is about; it opens by itself with its first number."""

    unit: OfficeUnit
    kind: RegisterKind
    year: int
    secret: bool
    book: RegisterBook | None = None

    @property
    def title(self) -> str:
        """The register's name, also before it is opened."""
        if self.book is not None:
            return self.book.name
        place = registers.TITLES[self.kind]
        name = registers.BOOK.format(place, self.year + 543, self.unit.name)
        return f"{name} {registers.OF_SECRETS}" if self.secret else name

    @property
    def open(self) -> bool:
        """Whether numbers are still given: a register ends with its year."""
        return self.year == dates.today().year

    @property
    def url(self) -> str:
        """The address of its page."""
        if self.book is not None:
            return url_for("register_book.details_view", id=self.book.id)
        return address(self.unit.id, self.kind, self.secret)


def address(unit_id: int, kind: RegisterKind, secret: bool) -> str:
    """The address of this year's register of a unit, opened or not."""
    return url_for("register_book.sheet_view", unit=unit_id, kind=kind.value, secret=int(secret))


def desk_of(book: RegisterBook) -> Desk:
    """The page of an opened register."""
    return Desk(book.unit, book.kind, int(book.year), book.secret, book)


def found(unit: OfficeUnit, kind: RegisterKind, secret: bool) -> Desk:
    """This year's register of a unit, whether it is opened yet or not."""
    year = dates.today().year
    book = db.session.scalar(
        select(RegisterBook).where(
            RegisterBook.unit_id == unit.id, RegisterBook.kind == kind,
            RegisterBook.year == year, RegisterBook.secret == secret,
        )
    )  # fmt: skip
    return Desk(unit, kind, year, secret, book)


def reaches(entity: Any, verb: str, province_id: int) -> bool:
    """Whether the viewer may do a verb to an entity's rows in a province."""
    reach = viewer().reach(entity, verb)
    return reach.everything or province_id in reach.province_id


def cleared(province_id: int) -> bool:
    """Whether the viewer may open secret documents of a province."""
    return reaches(SecretPaper, "reveal", province_id)


def context(view: Any, desk: Desk, form: Any = None) -> dict[str, Any]:
    """Everything that a register's page draws; `form` is a row that was refused."""
    top = _top(desk.book) if desk.book else 0
    last = min(_before() or top, top)
    rows = _rows(desk.book, max(1, last - PAGE + 1), last) if desk.book and top else []
    return {
        "title": desk.title, "desk": desk, "top": f"{top:,}",
        "sub": _("%(n)s numbers given", n=f"{top:,}") if top else _("No number was given yet."),
        "crumbs": [
            {"title": view.area, "url": url_for("admin.index")},
            {"title": view.name, "url": url_for("register_book.index_view")},
        ],
        "acts": view.sheet_acts(desk), "notices": _notices(desk),
        "heads": heads(desk.kind), "rows": rows, "received": desk.kind is K.RECEIVED,
        "entry": _entry(desk, form), "drafts": drafts(desk), "made": request.args.get("made", ""),
        "may_number": reaches(Document, "register", desk.unit.province_id) and desk.open,
        "issue_url": url_for("document.issue_view"), "pager": _pager(desk, last, top),
        "urgencies": [("", _("Ordinary")), *((u.value, said(u.title)) for u in Urgency)],
        "secrecies": [(s.value, said(s.title)) for s in Secrecy if s is not Secrecy.TOP_SECRET],
    }  # fmt: skip


def heads(kind: RegisterKind) -> list[str]:
    """The titles of the standard columns."""
    first = _("Received No.") if kind is K.RECEIVED else _("Sent No.")
    return [
        first, _("Its number"), _("Dated"), _("From whom"), _("To whom"), _("Subject"), _("Action taken"),
        _("Remarks"),
    ]  # fmt: skip


def _before() -> int | None:
    typed = request.args.get("upto", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None


def _top(book: RegisterBook) -> int:
    """The highest number of a register: two steps in an index, by one statement."""
    borne = select(func.max(Document.register_no)).where(Document.register_id == book.id)
    kept = select(func.max(RegisterNumber.number)).where(RegisterNumber.register_id == book.id)
    both = select(borne.scalar_subquery(), kept.scalar_subquery())
    return max(number or 0 for number in db.session.execute(both).one())


DRAWN = (
    Document.id, Document.register_no, Document.register_kind, Document.status, Document.number,
    Document.ref_number, Document.dated_on, Document.from_party, Document.to_party, Document.subject,
    Document.unit_id, Document.holder_unit_id, Document.waits_for, Document.urgency, Document.secrecy,
    Document.cancelled_reason, Document.file_code,
)  # fmt: skip
"""What a row of the sheet is drawn from."""


def _rows(book: RegisterBook, first: int, last: int) -> list[dict[str, Any]]:
    units = {unit.id: str(unit) for unit in _units(book.province_id)}
    at = url_for("document.details_view", id="")
    found_rows = figures.rows_of(db.session(), book.id, first, last, DRAWN)
    return [
        _kept_row(one) if isinstance(one, RegisterNumber) else _document_row(one, units, at)
        for one in reversed(found_rows)
    ]


def _units(province_id: int) -> Sequence[OfficeUnit]:
    statement = select(OfficeUnit).where(OfficeUnit.province_id == province_id)
    return db.session.scalars(statement).all()


def _document_row(one: Any, units: dict[int, str], at: str) -> dict[str, Any]:
    received = one.register_kind is K.RECEIVED
    return {
        "id": one.id, "no": one.register_no, "css": "off" if one.status is S.CANCELLED else "",
        "url": f"{at}{one.id}", "number": (one.ref_number or "") if received else one.number,
        "dated": dates.short_date(one.dated_on, lang()) if one.dated_on else "",
        "sender": one.from_party
        or ("" if received or one.secrecy else units.get(one.unit_id, "")),
        "addressee": one.to_party or "", "subject": one.subject,
        "urgency": cells.chip(one.urgency) if one.urgency else Markup(""),
        "action": _action(one, units), "remark": _remark(one),
    }  # fmt: skip


def _action(one: Any, units: dict[int, str]) -> Markup:
    """How far a document is, and where it lies."""
    where = units.get(one.holder_unit_id) or (said(one.waits_for.title) if one.waits_for else "")
    told = f' <span class="s">{escape(where)}</span>' if where else ""
    return Markup(f"{cells.chip(one.status)}{told}")


def _remark(one: Any) -> str:
    if one.status is S.CANCELLED:
        return _("Cancelled: %(reason)s", reason=one.cancelled_reason)
    return _("Filed under %(code)s", code=one.file_code) if one.file_code else ""


def _kept_row(one: RegisterNumber) -> dict[str, Any]:
    free = one.status is NumberStatus.RESERVED
    late = free and one.expires_on < dates.today()
    return {
        "id": one.id, "no": one.number, "css": "wait" if free else "off",
        "url": url_for("register_number.details_view", id=one.id), "number": one.written,
        "dated": "", "sender": "", "addressee": "", "urgency": Markup(""),
        "subject": _("Kept free for %(who)s", who=one.owner_name),
        "action": cells.mark("bad", "!", _("time over")) if late else cells.chip(one.status),
        "remark": _("%(reason)s (until %(day)s)", reason=one.reason,
                    day=dates.short_date(one.expires_on, lang()))
        if free else _("Cancelled: %(reason)s", reason=one.cancelled_reason),
    }  # fmt: skip


def _notices(desk: Desk) -> list[dict[str, str]]:
    told = []
    if not desk.open:
        words = _("This register ended with its year; numbers are given in that of this year.")
        told.append({"kind": "info", "text": words})
    elif desk.book is None:
        words = _("This year's register opens by itself with its first number.")
        told.append({"kind": "info", "text": words})
    return told


def _pager(desk: Desk, last: int, top: int) -> dict[str, Any] | None:
    if desk.book is None or top <= PAGE:
        return None

    def page(upto: int) -> str:
        return url_for("register_book.details_view", id=desk.book.id, upto=upto)  # type: ignore[union-attr]

    first = max(1, last - PAGE + 1)
    text = _("No. %(first)s–%(last)s of %(top)s", first=first, last=last, top=f"{top:,}")
    return {
        "text": text, "first_url": page(top) if last < top else None, "sizes": [],
        "prev_url": page(min(last + PAGE, top)) if last < top else None,
        "next_url": page(first - 1) if first > 1 else None,
    }  # fmt: skip


# The row on top.


def _entry(desk: Desk, form: Any) -> dict[str, Any] | None:
    """The row in which the next document is typed; None where nothing is entered."""
    verb = "register" if desk.kind is K.RECEIVED else "create"
    if not desk.open or not reaches(Document, verb, desk.unit.province_id):
        return None
    form = form or blank(desk)
    wrong = next((field.name for field in form if field.errors), "")
    first = "ref_number" if desk.kind is K.RECEIVED else "to_party"
    return {
        "form": form, "focus": wrong or first, "action": url_for("document.create_view"),
        "at_once": bool(wrong) or "made" in request.args,
        "elsewhere": [
            str(told) for field in form if field.name not in SHOWN for told in field.errors
        ],
        "senders": _senders(desk) if not desk.secret else [],
    }  # fmt: skip


SHOWN = (
    "ref_number", "dated_on", "received_on", "from_party", "to_party", "subject", "urgency",
    "secrecy",
)  # fmt: skip
"""Fields that the row shows; what is wrong with another is told above it."""


def blank(desk: Desk) -> Any:
    """The empty row; sender and dates are those of the document registered before."""
    form = REGISTRY[Document].create_form()
    forms.fill_hidden(form, None)
    form.received_on.data = dates.today()
    form.secrecy.data = Secrecy.SECRET if desk.secret else None
    for name in KEPT:
        if name in request.args:
            _take(form[name], request.args[name][:300])
    return form


def _take(field: Any, typed: str) -> None:
    """A value from the address; one that makes no sense is left out."""
    usual = field.data
    try:
        field.process_formdata([typed])
    except ValueError:
        field.data = usual


def again(document: Document) -> dict[str, str]:
    """What the next row begins with: sender and dates of the document just saved."""
    kept = {"made": str(document.id)}
    for name in KEPT_OF_SECRETS if document.secrecy else KEPT:
        value = getattr(document, name)
        if value is not None and not (name == "from_party" and not _received(document)):
            kept[name] = value if isinstance(value, str) else dates.input_date(value)
    return kept


def _received(document: Document) -> bool:
    return document.register_kind is K.RECEIVED


def _senders(desk: Desk) -> Sequence[str]:
    """Senders of this register's latest documents, offered while one types."""
    if desk.book is None:
        return []
    column = Document.from_party if desk.kind is K.RECEIVED else Document.to_party
    latest = (
        select(column)
        .where(Document.register_id == desk.book.id, column.is_not(None))
        .order_by(Document.register_no.desc())
        .limit(200)
    )
    return sorted({name for name in db.session.scalars(latest) if name})[:60]


# Drafts that wait for a number.


def drafts(desk: Desk) -> list[dict[str, Any]]:
    """The drafts of a register: those signed first, since they only lack their number."""
    if desk.kind is K.RECEIVED or not desk.open:
        return []
    secret = Document.secrecy.is_not(None) if desk.secret else Document.secrecy.is_(None)
    rows = db.session.scalars(
        select(Document)
        .where(
            Document.unit_id == desk.unit.id, Document.register_kind == desk.kind, secret,
            Document.status.in_(DRAFTS), Document.register_id.is_(None),
        )
        .order_by(Document.id)
        .limit(MOST_DRAFTS)
    ).all()  # fmt: skip
    ordered = sorted(rows, key=lambda one: (DRAFTS.index(one.status), one.id))
    return [
        {
            "id": one.id, "subject": one.subject, "addressee": one.to_party or "",
            "url": url_for("document.details_view", id=one.id), "ready": one.status is S.SIGNED,
            "chip": cells.chip(one.status),
            "waits": said(one.waits_for.title) if one.waits_for else "",
        }
        for one in ordered
    ]  # fmt: skip
