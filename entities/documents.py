"""Official correspondence (งานสารบรรณ): registers, documents, endorsements, keeping and destroying.

A number is given at registration, never at draft, gapless within its register: a unit, a kind and
a calendar year in Bangkok. What has a number stays for good; a cancelled one keeps its reason. Of
a secret document lists know only that there is one: its content stands encrypted in `secret_paper`.
Rules of the trade: the regulation of the Office of the Prime Minister on saraban of 2526, domain §5.
"""

from datetime import date, datetime, time

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped

from entities.base import (
    LONG,
    PARAGRAPH,
    Base,
    InProvince,
    Shared,
    check,
    field,
    listing,
    relation,
    to,
    unique,
    within,
)
from entities.governance import Agency
from entities.sealed import Sealed
from entities.vocabulary import (
    DestructionStatus,
    Disposal,
    DocumentKind,
    DocumentStatus,
    EndorsementAction,
    NumberStatus,
    RegisterKind,
    RetentionRule,
    Role,
    Secrecy,
    SendMethod,
    Urgency,
)
from entities.years import Year

MASKED = "เอกสารลับ"
"""What stands in place of a secret document's subject, in every language: it is office wording."""


def series(unit_id: int, kind: RegisterKind, year: int, secret: bool) -> str:
    """The counter behind a register's numbers; `year` is Gregorian."""
    return f"register:{unit_id}:{kind.value}:{int(year)}:{'secret' if secret else 'open'}"


class OfficeUnit(InProvince, Base):
    """A unit that has registers of its own, with the number it bears as owner of a letter."""

    __tablename__ = "office_unit"
    __label__ = _l("Office unit"), _l("Office units")
    __order__ = "code"
    __rules__ = (
        unique("office_unit_code", "province_id", "code"),
        unique("office_unit_name", "province_id", "name"),
    )
    name: Mapped[str] = field(_l("Name"), listed=True, searched=True)
    short_name: Mapped[str | None] = field(_l("Short name"), listed=True, searched=True)
    code: Mapped[str] = field(
        _l("Owner code"),
        listed=True,
        searched=True,
        sorted=True,
        help=_l("The number after the province's letters, such as 0017 or 0017.2."),
    )
    parent_id: Mapped[int | None] = field(_l("Belongs to"), within("office_unit"), listed=True)
    parent: Mapped["OfficeUnit | None"] = relation(parent_id, remote_side="OfficeUnit.id")
    email: Mapped[str | None] = field(
        _l("E-mail"), help=_l("To this address the unit is reminded of what it has not confirmed.")
    )
    is_active: Mapped[bool] = field(_l("In use"), listed=True, filtered=True, default=True)

    def __str__(self) -> str:
        return self.short_name or self.name


class RegisterBook(InProvince, Base):
    """A register of one unit, kind and calendar year; secret documents have a book apart."""

    __tablename__ = "register_book"
    __label__ = _l("Register book"), _l("Register books")
    __order__ = "-year"
    __numbered__ = True
    __rules__ = (unique("register_book_key", "unit_id", "kind", "year", "secret"),)
    name: Mapped[str] = field(_l("Register book"), computed=True, listed=True, searched=True)
    unit_id: Mapped[int] = field(
        _l("Office unit"), within("office_unit"), computed=True, listed=True, filtered=True
    )
    unit: Mapped[OfficeUnit] = relation(unit_id)
    kind: Mapped[RegisterKind] = field(_l("Register"), computed=True, listed=True, filtered=True)
    year: Mapped[int] = field(
        _l("Year"), Year(common=True), computed=True, listed=True, filtered=True, sorted=True
    )
    secret: Mapped[bool] = field(
        _l("Secret documents"), computed=True, listed=True, filtered=True, default=False
    )

    @property
    def series(self) -> str:
        """The name of its counter."""
        return series(self.unit_id, self.kind, self.year, self.secret)

    def __str__(self) -> str:
        return self.name


class RetentionClass(Shared, Base):
    """How long documents of a kind are kept (ข้อ 57); defaults that the ministry edits."""

    __tablename__ = "retention_class"
    __label__ = _l("Retention class"), _l("Retention classes")
    __order__ = "id"
    __rules__ = (
        unique("retention_class_name", "name"),
        check("years_of_rule", "(rule = 'years') = (years IS NOT NULL)"),
        check("years_positive", "years IS NULL OR years BETWEEN 1 AND 100"),
    )
    name: Mapped[str] = field(_l("Name"), listed=True, searched=True)
    rule: Mapped[RetentionRule] = field(_l("Kept for"), listed=True, filtered=True)
    years: Mapped[int | None] = field(_l("Number of years"), listed=True)
    basis: Mapped[str | None] = field(_l("Basis"), PARAGRAPH, listed=True)
    is_active: Mapped[bool] = field(_l("In use"), listed=True, filtered=True, default=True)

    def __str__(self) -> str:
        return self.name


UNNUMBERED = "('draft', 'reviewed', 'signed')"


class Document(InProvince, Base):
    """A document on its way through the office: received, or drafted here and sent.

    `register_no` is its number in its register and `number` how that is written. Of a secret
    document `subject` says only so; the rest of its content is empty here (`SecretPaper`).
    `waits_for` is the role on whose desk it lies, None where nobody has to do anything.
    """

    __tablename__ = "document"
    __label__ = _l("Official document"), _l("Official documents")
    __context__ = "number"
    __numbered__ = True
    __rules__ = (
        unique("document_number", "register_id", "register_no"),
        check("number_in_register", "(register_id IS NULL) = (register_no IS NULL)"),
        check("number_written", "(register_no IS NULL) = (number IS NULL)"),
        check("number_from_one", "register_no IS NULL OR register_no > 0"),
        check(
            "draft_has_no_number",
            f"status = 'cancelled' OR (status IN {UNNUMBERED}) = (register_no IS NULL)",
        ),
        check("numbered_stays", "register_no IS NULL OR removed_at IS NULL"),
        check("received_has_day", "register_kind <> 'received' OR received_on IS NOT NULL"),
        check("dated_before_receipt", "received_on IS NULL OR dated_on <= received_on"),
        check("top_secret_outside", "secrecy IS NULL OR secrecy <> 'top_secret'"),
        check(
            "secret_is_masked",
            "secrecy IS NULL OR (from_party IS NULL AND to_party IS NULL AND ref_number IS NULL"
            " AND body_text IS NULL)",
        ),
        check("cancelled_with_reason", "status <> 'cancelled' OR cancelled_reason IS NOT NULL"),
        check("filed_with_day", "status <> 'filed' OR filed_on IS NOT NULL"),
        listing("document_province", "province_id"),
        listing("document_unit", "unit_id", "register_kind"),
        listing("document_state", "province_id", "status", "registered_at"),
        listing("document_waiting", "province_id", "waits_for"),
        listing("document_answers", "answers_id", "province_id"),
        listing("document_entry"),
        listing("document_keep_until", "province_id", "keep_until"),
    )
    subject: Mapped[str] = field(_l("Subject"), PARAGRAPH, listed=True, searched=True)
    number: Mapped[str | None] = field(
        _l("Number written"), computed=True, listed=True, searched=True
    )
    register_kind: Mapped[RegisterKind] = field(
        _l("Register"),
        filtered=True,
        once=True,
        help=_l("A received document gets its number when it is saved, the others when issued."),
    )
    unit_id: Mapped[int] = field(_l("Office unit"), within("office_unit"), filtered=True, once=True)
    unit: Mapped[OfficeUnit] = relation(unit_id)
    register_id: Mapped[int | None] = field(
        _l("Register book"), within("register_book"), computed=True, filtered=True
    )
    register: Mapped[RegisterBook | None] = relation(register_id)
    register_no: Mapped[int | None] = field(_l("Number in the register"), computed=True)
    registered_at: Mapped[datetime | None] = field(
        _l("Registered at"), computed=True, listed=True, filtered=True, sorted=True
    )
    kind: Mapped[DocumentKind] = field(
        _l("Kind of document"), filtered=True, default=DocumentKind.EXTERNAL
    )
    ref_number: Mapped[str | None] = field(
        _l("Number on the paper"),
        searched=True,
        help=_l("The number that the sender gave it, such as มท 0201.2/ว 1590."),
    )
    dated_on: Mapped[date | None] = field(_l("Dated"), listed=True, filtered=True, optional=True)
    received_on: Mapped[date | None] = field(
        _l("Day of receipt"), filtered=True, help=_l("Left empty, today.")
    )
    received_time: Mapped[time | None] = field(_l("Time of receipt"))
    from_party: Mapped[str | None] = field(_l("Sender"), listed=True, searched=True, optional=True)
    to_party: Mapped[str | None] = field(_l("Addressee"), listed=True, searched=True, optional=True)
    urgency: Mapped[Urgency | None] = field(
        _l("Urgency"), listed=True, filtered=True, help=_l("Left empty, an ordinary document.")
    )
    urgent_by: Mapped[date | None] = field(_l("Urgent until"), filtered=True)
    urgent_time: Mapped[time | None] = field(_l("Urgent until (time)"))
    secrecy: Mapped[Secrecy | None] = field(
        _l("Secrecy"),
        filtered=True,
        once=True,
        help=_l("Its content is then kept encrypted and opened only by those cleared."),
    )
    status: Mapped[DocumentStatus] = field(
        _l("Status"), computed=True, listed=True, filtered=True, default=DocumentStatus.DRAFT
    )
    waits_for: Mapped[Role | None] = field(_l("Waits for"), computed=True, filtered=True)
    holder_unit_id: Mapped[int | None] = field(
        _l("Acting unit"), within("office_unit"), computed=True, filtered=True
    )
    holder_unit: Mapped[OfficeUnit | None] = relation(holder_unit_id)
    due_on: Mapped[date | None] = field(_l("Due on"), computed=True, filtered=True)
    answers_id: Mapped[int | None] = field(_l("Answers"), within("document"), computed=True)
    answers: Mapped["Document | None"] = relation(answers_id, remote_side="Document.id")
    retention_class_id: Mapped[int | None] = field(
        _l("Retention class"), to("retention_class"), filtered=True
    )
    retention_class: Mapped[RetentionClass | None] = relation(retention_class_id)
    keep_until: Mapped[date | None] = field(_l("Keep until"), computed=True, filtered=True)
    superseded_on: Mapped[date | None] = field(_l("Superseded on"), computed=True)
    archival: Mapped[bool] = field(
        _l("Of historical value"),
        default=False,
        help=_l("It is never destroyed; the National Archives take it."),
    )
    file_code: Mapped[str | None] = field(_l("File code"), searched=True)
    sent_on: Mapped[date | None] = field(_l("Sent on"), computed=True, filtered=True)
    done_on: Mapped[date | None] = field(_l("Done on"), computed=True)
    filed_on: Mapped[date | None] = field(_l("Filed on"), computed=True)
    cancelled_on: Mapped[date | None] = field(_l("Cancelled on"), computed=True)
    cancelled_reason: Mapped[str | None] = field(
        _l("Reason for cancelling"), PARAGRAPH, computed=True
    )
    body_text: Mapped[str | None] = field(
        _l("Text of its files"), LONG, computed=True, searched=True, derived=True, deferred=True
    )

    def __str__(self) -> str:
        return f"{self.number} {self.subject}" if self.number else self.subject


class SecretPaper(InProvince, Base):
    """What a secret document says, encrypted; every opening of it is entered in the audit."""

    __tablename__ = "secret_paper"
    __label__ = _l("Secret content"), _l("Secret contents")
    __order__ = "id"
    __numbered__ = True
    __rules__ = (unique("secret_paper_of_document", "document_id"),)
    document_id: Mapped[int] = field(
        _l("Official document"), within("document"), computed=True, listed=True
    )
    document: Mapped[Document] = relation(document_id)
    subject: Mapped[str] = field(_l("Subject"), Sealed(), computed=True, private=True)
    ref_number: Mapped[str | None] = field(
        _l("Number on the paper"), Sealed(), computed=True, private=True
    )
    from_party: Mapped[str | None] = field(_l("Sender"), Sealed(), computed=True, private=True)
    to_party: Mapped[str | None] = field(_l("Addressee"), Sealed(), computed=True, private=True)
    body_text: Mapped[str | None] = field(
        _l("Text of its files"), Sealed(), computed=True, private=True
    )
    endorsements: Mapped[str | None] = field(
        _l("Endorsements"), Sealed(), computed=True, private=True
    )
    files: Mapped[str | None] = field(_l("Attachments"), Sealed(), computed=True, private=True)
    recipients: Mapped[str | None] = field(_l("Recipients"), Sealed(), computed=True, private=True)

    def __str__(self) -> str:
        return MASKED


class RegisterNumber(InProvince, Base):
    """A number of a register that no document bears: kept free for somebody, or cancelled."""

    __tablename__ = "register_number"
    __label__ = _l("Number kept free"), _l("Numbers kept free")
    __numbered__ = True
    __rules__ = (
        unique("register_number", "register_id", "number"),
        check("number_from_one", "number > 0"),
        check("used_by_document", "(status = 'used') = (document_id IS NOT NULL)"),
        check("cancelled_with_reason", "status <> 'cancelled' OR cancelled_reason IS NOT NULL"),
    )
    written: Mapped[str] = field(_l("Number written"), computed=True, listed=True, searched=True)
    register_id: Mapped[int] = field(
        _l("Register book"), within("register_book"), computed=True, listed=True, filtered=True
    )
    register: Mapped[RegisterBook] = relation(register_id)
    number: Mapped[int] = field(_l("Number in the register"), computed=True)
    status: Mapped[NumberStatus] = field(
        _l("Status"), computed=True, listed=True, filtered=True, default=NumberStatus.RESERVED
    )
    owner_name: Mapped[str] = field(_l("Kept free for"), computed=True, listed=True, searched=True)
    reason: Mapped[str] = field(_l("Reason"), PARAGRAPH, computed=True, listed=True)
    expires_on: Mapped[date] = field(
        _l("To be used until"), computed=True, listed=True, filtered=True
    )
    document_id: Mapped[int | None] = field(
        _l("Official document"), within("document"), computed=True
    )
    document: Mapped[Document | None] = relation(document_id)
    cancelled_reason: Mapped[str | None] = field(
        _l("Reason for cancelling"), PARAGRAPH, computed=True
    )

    def __str__(self) -> str:
        return self.written


class Endorsement(InProvince, Base):
    """What was written on a document, by whom and for whom (เกษียน); never changed afterwards.

    The typed name stands in place of a signature with the account that was signed in and the
    moment (regulation as amended 2564). Of a secret document `text` says only that there is one.
    """

    __tablename__ = "endorsement"
    __label__ = _l("Endorsement"), _l("Endorsements")
    __order__ = "-id"
    __context__ = "signer_name"
    __numbered__ = True
    __rules__ = (unique("endorsement_order", "document_id", "position"),)
    text: Mapped[str] = field(_l("Endorsement"), LONG, computed=True, listed=True, searched=True)
    document_id: Mapped[int] = field(
        _l("Official document"), within("document"), computed=True, listed=True, filtered=True
    )
    document: Mapped[Document] = relation(document_id)
    position: Mapped[int] = field(_l("Order on the document"), computed=True)
    action: Mapped[EndorsementAction] = field(
        _l("What is asked"), computed=True, listed=True, filtered=True
    )
    signer_name: Mapped[str] = field(_l("Signed by"), computed=True, listed=True)
    signer_position: Mapped[str | None] = field(_l("Position of the signer"), computed=True)
    signed_by: Mapped[int | None] = field(_l("Account of the signer"), computed=True)
    signed_at: Mapped[datetime] = field(_l("Signed at"), computed=True, listed=True)
    to_role: Mapped[Role | None] = field(_l("Passed to"), computed=True, listed=True)
    to_unit_id: Mapped[int | None] = field(
        _l("Acting unit"), within("office_unit"), computed=True, filtered=True
    )
    to_unit: Mapped[OfficeUnit | None] = relation(to_unit_id)
    due_on: Mapped[date | None] = field(_l("Due on"), computed=True, listed=True)

    def __str__(self) -> str:
        return self.text if len(self.text) <= 80 else f"{self.text[:79]}…"


class Distribution(InProvince, Base):
    """One recipient of a document: when it was sent, read and its receipt confirmed.

    It carries number, subject, urgency and secrecy itself, so that an agency sees what came to it
    and nothing else of the register. To whom a secret document went stands in its sealed paper;
    its recipients are there for themselves and for those cleared, for nobody else.
    """

    __tablename__ = "distribution"
    __read_by__ = {"secrecy": "trace"}
    __veiled__ = frozenset({"unit_id", "agency_id", "acknowledged_name"})
    __label__ = _l("Recipient"), _l("Recipients")
    __context__ = "number"
    __numbered__ = True
    __rules__ = (
        unique("distribution_to_unit", "document_id", "unit_id", where="unit_id IS NOT NULL"),
        unique("distribution_to_agency", "document_id", "agency_id", where="agency_id IS NOT NULL"),
        check("unit_or_agency", "unit_id IS NULL OR agency_id IS NULL"),
        check("secret_is_masked", f"secrecy IS NULL OR recipient = '{MASKED}'"),
        check("read_before_acknowledged", "acknowledged_at IS NULL OR read_at IS NOT NULL"),
        listing("distribution_document", "document_id", "province_id"),
        listing("distribution_unread", "province_id", "acknowledged_at", "sent_at"),
        listing("distribution_unread_anywhere", "acknowledged_at", "sent_at"),
    )
    recipient: Mapped[str] = field(_l("Recipient"), computed=True, listed=True, searched=True)
    document_id: Mapped[int] = field(
        _l("Official document"), within("document"), computed=True, filtered=True
    )
    document: Mapped[Document] = relation(document_id)
    number: Mapped[str] = field(_l("Number written"), computed=True, listed=True, searched=True)
    subject: Mapped[str] = field(
        _l("Subject"), PARAGRAPH, computed=True, listed=True, searched=True
    )
    urgency: Mapped[Urgency | None] = field(
        _l("Urgency"), computed=True, listed=True, filtered=True
    )
    secrecy: Mapped[Secrecy | None] = field(_l("Secrecy"), computed=True)
    unit_id: Mapped[int | None] = field(
        _l("Office unit"), within("office_unit"), computed=True, filtered=True
    )
    unit: Mapped[OfficeUnit | None] = relation(unit_id)
    agency_id: Mapped[int | None] = field(
        _l("Agency"), within("agency"), computed=True, filtered=True
    )
    agency: Mapped[Agency | None] = relation(agency_id)
    method: Mapped[SendMethod] = field(_l("Sent how"), computed=True, listed=True, filtered=True)
    sent_at: Mapped[datetime] = field(_l("Sent at"), computed=True, listed=True)
    read_at: Mapped[datetime | None] = field(_l("Read at"), computed=True)
    acknowledged_at: Mapped[datetime | None] = field(
        _l("Receipt confirmed at"), computed=True, listed=True, filtered=True
    )
    acknowledged_name: Mapped[str | None] = field(_l("Receipt confirmed by"), computed=True)
    chased_count: Mapped[int] = field(_l("Times chased"), computed=True, default=0)
    chased_at: Mapped[datetime | None] = field(_l("Last chased at"), computed=True)
    chased_level: Mapped[int] = field(_l("Level of the chasing"), computed=True, default=0)
    files_left_out: Mapped[str | None] = field(
        _l("Files that stayed in the office"), PARAGRAPH, computed=True
    )

    def __str__(self) -> str:
        return f"{self.number} → {self.recipient}"


class Loan(InProvince, Base):
    """A document that was lent from the file (บัตรยืม), until it is returned."""

    __tablename__ = "loan"
    __label__ = _l("Loan"), _l("Loans")
    __rules__ = (
        unique("loan_of_document", "document_id", where="returned_on IS NULL"),
        check("due_after_lending", "due_on >= lent_on"),
        check("returned_after_lending", "returned_on IS NULL OR returned_on >= lent_on"),
        listing("loan_document", "document_id", "province_id"),
    )
    borrower: Mapped[str] = field(_l("Borrower"), computed=True, listed=True, searched=True)
    borrower_position: Mapped[str | None] = field(_l("Position of the borrower"), computed=True)
    document_id: Mapped[int] = field(
        _l("Official document"), within("document"), computed=True, listed=True, filtered=True
    )
    document: Mapped[Document] = relation(document_id)
    lent_on: Mapped[date] = field(_l("Lent on"), computed=True, listed=True)
    due_on: Mapped[date] = field(
        _l("To be returned on"), computed=True, listed=True, filtered=True, sorted=True
    )
    returned_on: Mapped[date | None] = field(
        _l("Returned on"), computed=True, listed=True, filtered=True
    )
    returned_by: Mapped[str | None] = field(_l("Returned by"), computed=True)

    def __str__(self) -> str:
        return self.borrower


class DestructionBatch(InProvince, Base):
    """A list of documents to be destroyed (บัญชีหนังสือขอทำลาย) on its way to being carried out.

    `year` is the calendar year whose end made its documents due; the survey is to be finished
    within 60 days after it (ข้อ 66).
    """

    __tablename__ = "destruction_batch"
    __label__ = _l("Destruction list"), _l("Destruction lists")
    __numbered__ = True
    __rules__ = (
        unique("destruction_number", "province_id", "year", "number"),
        check("approver_is_not_maker", "approved_by IS NULL OR approved_by <> made_by"),
        check(
            "approved_by_somebody",
            "status NOT IN ('approved', 'carried_out') OR approver_name IS NOT NULL",
        ),
        check(
            "committee_named",
            "status IN ('listed', 'withdrawn') OR (chair_name IS NOT NULL AND members IS NOT NULL)",
        ),
    )
    name: Mapped[str] = field(_l("Destruction list"), computed=True, listed=True, searched=True)
    number: Mapped[int] = field(_l("List number"), computed=True)
    year: Mapped[int] = field(
        _l("Year"), Year(common=True), computed=True, listed=True, filtered=True, sorted=True
    )
    unit_id: Mapped[int | None] = field(
        _l("Office unit"), within("office_unit"), computed=True, filtered=True
    )
    unit: Mapped[OfficeUnit | None] = relation(unit_id)
    status: Mapped[DestructionStatus] = field(
        _l("Status"),
        computed=True,
        listed=True,
        filtered=True,
        default=DestructionStatus.LISTED,
    )
    surveyed_on: Mapped[date] = field(_l("Surveyed on"), computed=True, listed=True)
    order_ref: Mapped[str | None] = field(_l("Order of appointment"), computed=True)
    chair_name: Mapped[str | None] = field(_l("Chair of the committee"), computed=True)
    members: Mapped[str | None] = field(_l("Members of the committee"), PARAGRAPH, computed=True)
    opinion: Mapped[str | None] = field(_l("Opinion of the committee"), LONG, computed=True)
    sent_to_archives_on: Mapped[date | None] = field(
        _l("Sent to the National Archives on"), computed=True
    )
    archives_ref: Mapped[str | None] = field(_l("Answer of the National Archives"), computed=True)
    archives_answered_on: Mapped[date | None] = field(
        _l("National Archives answered on"), computed=True
    )
    approver_name: Mapped[str | None] = field(_l("Approved by"), computed=True)
    approved_by: Mapped[int | None] = field(_l("Account of the approver"), computed=True)
    approved_on: Mapped[date | None] = field(_l("Approved on"), computed=True)
    carried_out_on: Mapped[date | None] = field(_l("Carried out on"), computed=True)

    def __str__(self) -> str:
        return self.name


class DestructionItem(InProvince, Base):
    """A document on a destruction list: what the committee thinks, and what was done."""

    __tablename__ = "destruction_item"
    __label__ = _l("Document on a destruction list"), _l("Documents on destruction lists")
    __order__ = "position"
    __numbered__ = True
    __rules__ = (
        unique("destruction_item", "batch_id", "document_id"),
        check("extended_until", "(opinion = 'extend') = (keep_until IS NOT NULL)"),
        listing("destruction_item_document", "document_id", "province_id"),
    )
    batch_id: Mapped[int] = field(
        _l("Destruction list"), within("destruction_batch"), computed=True, filtered=True
    )
    batch: Mapped[DestructionBatch] = relation(batch_id)
    position: Mapped[int] = field(_l("Number on the list"), computed=True, listed=True)
    document_id: Mapped[int] = field(
        _l("Official document"), within("document"), computed=True, listed=True, filtered=True
    )
    document: Mapped[Document] = relation(document_id)
    opinion: Mapped[Disposal] = field(
        _l("Opinion"), computed=True, listed=True, filtered=True, default=Disposal.DESTROY
    )
    keep_until: Mapped[date | None] = field(_l("Keep until"), computed=True)
    note: Mapped[str | None] = field(_l("Note"), PARAGRAPH, computed=True, listed=True)
    carried_out_on: Mapped[date | None] = field(_l("Carried out on"), computed=True)

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.position}"
