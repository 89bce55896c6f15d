"""The paths of documents: received ones presented, endorsed and acted on; drafts signed and sent.

Each step is a verb; what is written at a step stays as an endorsement under the signer's typed
name, account and moment. The content of a secret document goes into `secret_paper` before it ever
reaches the database elsewhere, and every opening of it is entered in the audit. Rules: domain §5.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from io import BytesIO

from flask_babel import gettext as _
from sqlalchemy import bindparam, func, inspect, select
from sqlalchemy.orm import Session

from access import audit, files, scope
from access import viewer as who
from access.database import PREPARED, writing
from access.file_kinds import Judged, Unfit
from entities.documents import MASKED
from entities.messages import N_
from entities.sealed import box
from entities.vocabulary import (
    Act,
    DocumentStatus,
    EndorsementAction,
    RegisterKind,
    Role,
    Secrecy,
    SendMethod,
    Urgency,
)
from figures.documents import day_of
from models import (
    Agency,
    Attachment,
    Distribution,
    Document,
    Endorsement,
    OfficeUnit,
    SecretPaper,
)
from rules import registers, sent_files
from rules.base import Broken, check, complete, linked

A, S = EndorsementAction, DocumentStatus
NEXT: dict[DocumentStatus, frozenset[DocumentStatus]] = {
    S.REGISTERED: frozenset({S.PRESENTED, S.FILED}),
    S.PRESENTED: frozenset({S.ENDORSED, S.ACTING, S.DONE}),
    S.ENDORSED: frozenset({S.ENDORSED, S.ACTING, S.DONE}),
    S.ACTING: frozenset({S.DONE}),
    S.DONE: frozenset({S.PRESENTED, S.FILED}),
    S.DRAFT: frozenset({S.REVIEWED}),
    S.REVIEWED: frozenset({S.SIGNED, S.DRAFT}),
    S.SIGNED: frozenset({S.NUMBERED, S.DRAFT}),
    S.NUMBERED: frozenset({S.SENT}),
    S.SENT: frozenset({S.SENT, S.ACKNOWLEDGED}),
    S.ACKNOWLEDGED: frozenset({S.SENT, S.FILED}),
    S.FILED: frozenset({S.DESTROYED, S.ARCHIVED}),
    S.CANCELLED: frozenset(),
    S.DESTROYED: frozenset(),
    S.ARCHIVED: frozenset(),
}
"""The arrows of both paths; cancelling stands in `rules/registers.py`."""
ENDORSERS = frozenset({Role.GOVERNOR, Role.DEPUTY_GOVERNOR, Role.CHIEF_OF_OFFICE})
SEALED = ("subject", "ref_number", "from_party", "to_party", "body_text")
"""What of a secret document stands encrypted."""
PRESENTING, CHECKED, SIGNING = "เรียน {} เพื่อโปรดพิจารณา", "ตรวจแล้ว", "ลงนามแล้ว"
"""Official wording that is written into records, whatever language the screen has."""


def move(document: Document, to: DocumentStatus) -> None:
    """Go along an arrow; raises Broken where there is none."""
    if to not in NEXT[document.status]:
        raise Broken(
            _("A document cannot go from “%(here)s” to “%(to)s”.", here=document.status, to=to)
        )
    document.status = to


# What must hold.


@complete(Document)
def _sealed(document: Document, session: Session) -> None:
    """A new secret document leaves its content in a sealed paper; lists see that it is secret."""
    if document.secrecy is None or inspect(document).persistent:
        return
    if document.secrecy is Secrecy.TOP_SECRET:
        raise Broken(
            _("Top secret documents stay outside this system (regulation of 2564)."), "secrecy"
        )
    unit = linked(document, "unit", session)
    if unit is None or document.subject == MASKED:
        return
    told = {key: getattr(document, key) for key in SEALED}
    paper = SecretPaper(province_id=unit.province_id, document=document, **told)
    scope.permit(session, paper, "register")
    session.add(paper)
    for key in SEALED:
        setattr(document, key, None)
    document.subject = MASKED


@complete(Document)
def _kept_whole(document: Document, session: Session) -> None:
    """Of a document that exists, register and secrecy stay; a finished one is not rewritten."""
    state = inspect(document)
    if not state.persistent:
        _begins(document)
        return
    changed = {key for key in (*FIXED, "body_text") if state.attrs[key].history.has_changes()}
    if changed & {"unit_id", "register_kind", "secrecy"}:
        raise Broken(_("Unit, register and secrecy stay as they are; cancel it and begin anew."))
    if changed & set(SEALED) and document.secrecy is not None:
        raise Broken(_("The content of a secret document is changed where it is opened."))
    was = state.attrs["status"].history
    before = was.deleted[0] if was.deleted else document.status
    if changed - {"body_text"} and before in registers.FINISHED:
        raise Broken(_("This document is finished: “%(state)s”.", state=document.status))
    numbering = document in session.info.get("numbering", ())
    if changed & CONTENT and not numbering:
        refuse_rewriting(document, before, session)


def refuse_rewriting(document: Document, status: DocumentStatus, session: Session) -> None:
    """What was signed stays as it was signed; a register's row is corrected by who keeps it."""
    if status in BOUND:
        raise Broken(
            _("It is signed and stays as it is: give it back before it has a number, or cancel it.")
        )
    received = document.register_kind is RegisterKind.RECEIVED
    if received and not who.of(session).reaches(document, "register"):
        raise Broken(_("What stands in the register is corrected by the registrar."))


FIXED = (
    "unit_id", "register_kind", "secrecy", "subject", "ref_number", "dated_on", "received_on",
    "received_time", "from_party", "to_party", "kind", "urgency", "urgent_by", "urgent_time",
)  # fmt: skip
"""What a person types and a finished document keeps; keeping and filing may still change."""
BOUND = frozenset({S.SIGNED, S.NUMBERED, S.SENT, S.ACKNOWLEDGED})
"""A draft in these states bears a signature."""
CONTENT = frozenset(FIXED) - {"urgency", "urgent_by", "urgent_time"}
"""What is signed, or stands in the register of received documents."""


def rewritten_by(document: Document, session: Session) -> bool:
    """Whether the viewer may now change what a document says; the rule refuses it all the same."""
    if document.status in registers.FINISHED:
        return False
    try:
        refuse_rewriting(document, document.status, session)
    except Broken:
        return False
    return True


def _begins(document: Document) -> None:
    """A draft waits for the one who checks it, and was not received."""
    if document.register_kind is not RegisterKind.RECEIVED and document.status in (None, S.DRAFT):
        document.status, document.waits_for = S.DRAFT, Role.CHIEF_OF_OFFICE
        document.received_on = document.received_time = None


@check(Document)
def _days(document: Document, _session: Session) -> None:
    """A paper is registered on the day of its receipt or later."""
    if document.received_on is None or document.registered_at is None:
        return
    if document.received_on > day_of(document.registered_at):
        raise Broken(
            _("The day of receipt cannot be after the day of registration."), "received_on"
        )
    registers.refuse_other_year(document.received_on, day_of(document.registered_at))


@check(Document)
def _answers_another(document: Document, _session: Session) -> None:
    if document.answers_id is not None and document.answers_id == document.id:
        raise Broken(_("A document cannot answer itself."), "answers_id")


@check(Document)
def _urgent_until(document: Document, _session: Session) -> None:
    if document.urgent_time is not None and document.urgent_by is None:
        raise Broken(_("Give the day with the time."), "urgent_by")
    if document.urgent_by is not None and document.urgency is None:
        document.urgency = Urgency.FASTER


@check(Attachment)
def _no_open_file(attachment: Attachment, session: Session) -> None:
    """A file of a secret document would be read by everybody who reads attachments."""
    if attachment.document_id is None:
        return
    document = linked(attachment, "document", session)
    if document is not None and document.secrecy is not None:
        raise Broken(_("Files of a secret document are kept with its sealed content."))


# Secret content.


def open_secret(document: Document, session: Session) -> SecretPaper:
    """The content of a secret document, for those cleared; the opening is entered in the audit.

    In a request that reads, the entry is written at once, in a transaction of its own; in one
    that writes, with the caller's commit. Raises Denied, Broken.
    """
    if not who.of(session).may(SecretPaper, "reveal"):
        raise scope.Denied("reveal", document)
    paper = paper_of(document, session)
    told = {"record": str(document), "province_id": document.province_id}
    if writing.get():
        audit.note(session, Act.REVEAL, SecretPaper.__tablename__, paper.id, **told)  # type: ignore[arg-type]
    else:
        place = session.info.get("place")
        audit.note_alone(
            who.of(session), Act.REVEAL, SecretPaper.__tablename__, paper.id, place=place, **told
        )
    return paper


def paper_of(document: Document, session: Session) -> SecretPaper:
    """The sealed content of a secret document; Broken where the viewer is not cleared for it."""
    found = session.scalar(select(SecretPaper).where(SecretPaper.document_id == document.id))
    if found is None:
        raise Broken(_("This document is opened only by those cleared for secret documents."))
    return found


def rewrite_secret(document: Document, told: dict[str, str | None], session: Session) -> None:
    """Correct the content of a secret document; `told` has names of `SEALED`."""
    if document.status in registers.FINISHED:
        raise Broken(_("This document is finished: “%(state)s”.", state=document.status))
    refuse_rewriting(document, document.status, session)
    paper = open_secret(document, session)
    scope.permit(session, paper, "reveal")
    for key in SEALED:
        if key in told:
            setattr(paper, key, told[key])
    if not (paper.subject or "").strip():
        raise Broken(_("A document needs its subject."), "subject")
    session.flush()


@dataclass(frozen=True)
class Held:
    """A file of a secret document: its name and type stand sealed, its bytes are kept encrypted.

    `sha256` is the name of the stored bytes, `plain_sha256` the hash of the file itself.
    """

    name: str
    content_type: str
    size: int
    sha256: str
    plain_sha256: str = ""
    has_macros: bool = False


def hold_file(
    document: Document, name: str, judged: Judged, content: bytes, session: Session, limit: int
) -> Held:
    """Keep a file with a secret document's content, of at most `limit` bytes; once only.

    Raises Unfit past the limit, `files.Unreachable`, Broken.
    """
    if len(content) > limit:
        raise Unfit(N_("The file is too large."))
    paper = open_secret(document, session)
    scope.permit(session, paper, "reveal")
    own = hashlib.sha256(content).hexdigest()
    for known in held_files(paper):
        if known.plain_sha256 == own:
            raise Broken(_("This file is attached here already, as “%(name)s”.", name=known.name))
    # What is encrypted is a third longer.
    stored, _size = files.keep(BytesIO(box().encrypt(content)), 2 * limit)
    held = Held(name, judged.content_type, len(content), stored, own, judged.has_macros)
    told = [asdict(one) for one in (*held_files(paper), held)]
    paper.files = json.dumps(told, ensure_ascii=False)
    session.flush()
    return held


def empty_secret(document: Document, session: Session) -> None:
    """Of a destroyed secret document only its row in the secret register stays: files and words go.

    Whoever destroys it is cleared; where nothing is sealed, nothing happens.
    """
    if document.secrecy is None:
        return
    paper = paper_of(document, session)
    scope.permit(session, paper, "reveal")
    paper.files = paper.body_text = paper.endorsements = None
    session.flush()


def held_files(paper: SecretPaper) -> list[Held]:
    """The files of an opened secret document."""
    return [Held(**told) for told in json.loads(paper.files or "[]")]


def open_held(document: Document, sha256: str, session: Session) -> tuple[Held, bytes]:
    """A file of a secret document with its bytes; the opening is entered in the audit."""
    paper = open_secret(document, session)
    for held in held_files(paper):
        if held.sha256 == sha256:
            with files.open_file(sha256) as stored:
                return held, box().decrypt(stored.read())
    raise Broken(_("This record is not there, or not within your reach."))


# Endorsements.


@dataclass(frozen=True)
class Note:
    """What is written on a document: the words, what they ask for, and to whom it passes."""

    text: str
    action: EndorsementAction = A.ACT
    to_role: Role | None = None
    to_unit: OfficeUnit | None = None
    due_on: date | None = None


@dataclass(frozen=True)
class Signer:
    """Under whose name an endorsement stands; given only where the system acts for a person."""

    name: str
    position: str = ""
    user_id: int | None = None


def signer_of(session: Session, given: Signer | None) -> Signer:
    """The person who signs: whoever is signed in; `given` counts only for the system."""
    viewer = who.of(session)
    if viewer.system and given is not None:
        return given
    if viewer.user_id is None:
        raise Broken(_("This is signed by a person."))
    return Signer(viewer.name, viewer.position, viewer.user_id)


def _write(
    document: Document, note: Note, session: Session, now: datetime, signer: Signer | None
) -> Endorsement:
    """Put an endorsement on a document; of a secret one its words go into the sealed paper."""
    if not note.text.strip():
        raise Broken(_("Write what is to be done."), "text")
    _refuse_early(document, note.due_on)
    person = signer_of(session, signer)
    text = _seal_words(document, note, person, session, now) if document.secrecy else note.text
    placed = Endorsement(
        province_id=document.province_id,
        document=document,
        position=_position(document, session),
        text=text,
        action=note.action,
        signer_name=person.name,
        signer_position=person.position or None,
        signed_by=person.user_id,
        signed_at=now,
        to_role=note.to_role,
        to_unit=note.to_unit,
        due_on=note.due_on,
    )
    scope.permit(session, placed, "endorse")
    session.add(placed)
    document.waits_for, document.holder_unit = _next_desk(document, note), note.to_unit
    document.due_on = note.due_on or document.due_on
    session.flush()
    return placed


def _next_desk(document: Document, note: Note) -> Role | None:
    """On whose desk an endorsed document lies next.

    What is passed to a unit without naming anybody there lies on the registrar's, who hands it over
    and files it in the end; so does what somebody took note of.
    """
    unnamed = document.status is S.DONE or note.to_unit is not None
    return Role.REGISTRAR if unnamed and note.to_role is None else note.to_role


def _refuse_early(document: Document, day: date | None) -> None:
    if day is not None and document.received_on is not None and day < document.received_on:
        raise Broken(_("This day is before the document was received."), "due_on")


def _position(document: Document, session: Session) -> int:
    """The next place on the document; a second writer at once is refused by the database."""
    with session.no_autoflush:
        return (session.scalar(ENDORSED, {"document": document.id}) or 0) + 1


ENDORSED = (
    select(func.count(Endorsement.id))
    .where(Endorsement.document_id == bindparam("document"))
    .execution_options(**PREPARED)
)
"""How many endorsements a document bears; put together once, for every one of them asks."""


def _seal_words(
    document: Document, note: Note, person: Signer, session: Session, now: datetime
) -> str:
    paper = paper_of(document, session)
    scope.permit(session, paper, "reveal")
    kept = json.loads(paper.endorsements or "[]")
    told = {"text": note.text, "at": now.isoformat(), **asdict(person)}
    paper.endorsements = json.dumps([*kept, told], ensure_ascii=False)
    return MASKED


def present(
    document: Document,
    to: Role,
    session: Session,
    now: datetime,
    text: str = "",
    signer: Signer | None = None,
) -> Endorsement:
    """Present a received document to the one who endorses it first."""
    scope.permit(session, document, "present")
    if to not in ENDORSERS:
        raise Broken(_("Documents are presented to those who endorse them."), "to_role")
    move(document, S.PRESENTED)
    words = text or PRESENTING.format(OFFICES[to])
    return _write(document, Note(words, A.CONSIDER, to), session, now, signer)


OFFICES = {
    Role.GOVERNOR: "ผู้ว่าราชการจังหวัด",
    Role.DEPUTY_GOVERNOR: "รองผู้ว่าราชการจังหวัด",
    Role.CHIEF_OF_OFFICE: "หัวหน้าสำนักงานจังหวัด",
}


def endorse(
    document: Document, note: Note, session: Session, now: datetime, signer: Signer | None = None
) -> Endorsement:
    """Endorse a document that lies on one's desk: pass it up, have it acted on, or take note.

    Passed to another endorser it stays on its way; passed to a role or unit it is acted on, and the
    registrar minds what a unit has; with neither it is done and goes back to the registrar.
    """
    scope.permit(session, document, "endorse")
    _refuse_other_desk(document, session)
    if note.to_role in ENDORSERS:
        move(document, S.ENDORSED)
        return _write(document, note, session, now, signer)
    if note.to_role is not None or note.to_unit is not None:
        move(document, S.ACTING)
        return _write(document, note, session, now, signer)
    move(document, S.DONE)
    document.done_on = day_of(now)
    return _write(document, note, session, now, signer)


def _refuse_other_desk(document: Document, session: Session) -> None:
    viewer = who.of(session)
    if not viewer.system and document.waits_for not in viewer.roles:
        raise Broken(_("This document does not lie on your desk."))


def report(
    document: Document, text: str, session: Session, now: datetime, signer: Signer | None = None
) -> Endorsement:
    """Say that a document was acted on; it goes back to the registrar to be filed."""
    scope.permit(session, document, "report")
    move(document, S.DONE)
    document.done_on = day_of(now)
    return _write(document, Note(text, A.DONE, Role.REGISTRAR), session, now, signer)


# Drafts.


def review(
    document: Document,
    session: Session,
    now: datetime,
    signer: Signer | None = None,
    signed_by: Role = Role.GOVERNOR,
) -> Endorsement:
    """Check a draft and pass it to the one who signs it; its writer does not check it."""
    scope.permit(session, document, "review")
    person = signer_of(session, signer)
    if person.user_id is not None and person.user_id == document.made_by:
        raise Broken(_("Whoever wrote a draft does not check it."))
    if signed_by not in ENDORSERS:
        raise Broken(_("Choose who signs it."), "to_role")
    move(document, S.REVIEWED)
    return _write(document, Note(CHECKED, A.REVIEW, signed_by), session, now, signer)


def sign(
    document: Document, session: Session, now: datetime, signer: Signer | None = None
) -> Endorsement:
    """Sign a checked draft; it waits for its number. The typed name stands as the signature."""
    scope.permit(session, document, "sign")
    _refuse_other_desk(document, session)
    move(document, S.SIGNED)
    return _write(document, Note(SIGNING, A.SIGN, Role.REGISTRAR), session, now, signer)


def send_back(
    document: Document, reason: str, session: Session, now: datetime, signer: Signer | None = None
) -> Endorsement:
    """Give a draft back to its writer with a reason, before it has a number."""
    scope.permit(session, document, "sign")
    move(document, S.DRAFT)
    note = Note(reason, A.REVIEW, Role.CHIEF_OF_OFFICE)
    return _write(document, note, session, now, signer)


# Sending.


@dataclass(frozen=True)
class Recipient:
    """To whom a document goes: a unit, an agency, or anybody by name, and how."""

    name: str = ""
    unit: OfficeUnit | None = None
    agency: Agency | None = None
    method: SendMethod = SendMethod.SYSTEM

    @property
    def written(self) -> str:
        """The name that stays with the document."""
        return self.name.strip() or str(self.unit or self.agency or "")


def send(
    document: Document,
    recipients: Sequence[Recipient],
    session: Session,
    now: datetime,
    left_out: Iterable[int] = (),
) -> list[Distribution]:
    """Send a numbered or received document to all recipients at once; more may follow later.

    Its files go along but for those `left_out`, by their ids.
    """
    scope.permit(session, document, "send")
    if not recipients or not all(one.written for one in recipients):
        raise Broken(_("Choose at least one recipient."), "recipients")
    if document.number is None or document.status in registers.FINISHED:
        raise Broken(_("Only a document with a number that is not finished is sent."))
    if document.register_kind is not RegisterKind.RECEIVED:
        move(document, S.SENT)
        document.sent_on = document.sent_on or day_of(now)
        document.waits_for = None
    made = [_distributed(document, one, session, now) for one in recipients]
    for one in made:
        one.files_left_out = sent_files.listed(left_out)
    session.flush()
    if document.secrecy is not None:
        _seal_recipients(document, made, recipients, session)
    return made


def _seal_recipients(
    document: Document, made: list[Distribution], to: Sequence[Recipient], session: Session
) -> None:
    paper = paper_of(document, session)
    scope.permit(session, paper, "reveal")
    kept = {
        **sealed_recipients(paper),
        **{one.id: name.written for one, name in zip(made, to, strict=True)},
    }
    paper.recipients = json.dumps(kept, ensure_ascii=False)
    session.flush()


def sealed_recipients(paper: SecretPaper) -> dict[int, str]:
    """To whom an opened secret document went: a recipient's id and its name."""
    return {int(key): name for key, name in json.loads(paper.recipients or "{}").items()}


def _distributed(
    document: Document, to: Recipient, session: Session, now: datetime
) -> Distribution:
    made = Distribution(
        province_id=document.province_id,
        document=document,
        recipient=MASKED if document.secrecy is not None else to.written,
        number=document.number,
        subject=document.subject,
        urgency=document.urgency,
        secrecy=document.secrecy,
        unit=to.unit,
        agency=to.agency,
        method=to.method,
        sent_at=now,
    )
    scope.permit(session, made, "send")
    session.add(made)
    return made


def chase(
    document: Document, session: Session, now: datetime, of: Sequence[Distribution]
) -> list[Distribution]:
    """Ask recipients again to confirm; each desk then says how often and when it was asked last.

    Raises Broken where nobody is left to be asked.
    """
    scope.permit(session, document, "send")
    if document.status is S.CANCELLED:
        raise Broken(_("This document is finished: “%(state)s”.", state=document.status))
    open_ = [one for one in of if one.acknowledged_at is None and one.document_id == document.id]
    if not open_:
        raise Broken(_("Choose at least one recipient."), "recipients")
    for one in open_:
        scope.permit(session, one, "send")
        one.chased_count, one.chased_at = (one.chased_count or 0) + 1, now
    session.flush()
    return open_


def read(distribution: Distribution, session: Session, now: datetime) -> None:
    """Note that the recipient opened it, the first time."""
    if distribution.read_at is None:
        scope.permit(session, distribution, "acknowledge")
        distribution.read_at = now
        session.flush()


def acknowledge(
    distribution: Distribution, session: Session, now: datetime, name: str = ""
) -> None:
    """Confirm the receipt, once; after the last one the document waits to be filed."""
    scope.permit(session, distribution, "acknowledge")
    if distribution.acknowledged_at is not None:
        raise Broken(_("The receipt is confirmed already."))
    distribution.read_at = distribution.read_at or now
    distribution.acknowledged_at = now
    distribution.acknowledged_name = name.strip() or who.of(session).name
    session.flush()
    with scope.for_the_office(session):
        confirm(session.get_one(Document, distribution.document_id), session)


def unconfirmed(document: Document, session: Session) -> bool:
    """Whether a recipient's receipt is still open."""
    still = select(Distribution.id).where(
        Distribution.document_id == document.id, Distribution.acknowledged_at.is_(None)
    )
    return session.scalar(still.limit(1)) is not None


def confirm(document: Document, session: Session) -> bool:
    """Let a sent document wait to be filed once nobody's receipt is open; says whether it does."""
    if document.status is not S.SENT:
        return document.status is S.ACKNOWLEDGED
    if unconfirmed(document, session):
        return False
    scope.permit(session, document, "acknowledge")
    document.status, document.waits_for = S.ACKNOWLEDGED, Role.REGISTRAR
    session.flush()
    return True
