"""Screens of correspondence: registers, documents, what waits to be sent, kept and destroyed."""

from typing import Any

from flask_babel import gettext as _

from admin_views.base import EntityView
from admin_views.destruction import DestructionBatchView
from admin_views.document_page import DocumentView
from admin_views.inbox import DistributionView, LoanView
from admin_views.register_page import RegisterBookView, RegisterNumberView
from entities.base import Base
from models import (
    DestructionBatch,
    DestructionItem,
    Distribution,
    Document,
    Endorsement,
    Loan,
    OfficeUnit,
    RegisterBook,
    RegisterNumber,
    RetentionClass,
    SecretPaper,
)


class PartView(EntityView):
    """What is read on its document or its list has no place in the menu."""

    in_menu = False


VIEWS: list[tuple[type[Base], type[EntityView]]] = [
    (RegisterBook, RegisterBookView),
    (Document, DocumentView),
    (RegisterNumber, RegisterNumberView),
    (Distribution, DistributionView),
    (Loan, LoanView),
    (DestructionBatch, DestructionBatchView),
    (DestructionItem, PartView),
    (Endorsement, PartView),
    (SecretPaper, PartView),
]
REFERENCE: list[tuple[type[Base], type[EntityView]]] = [
    (OfficeUnit, EntityView),
    (RetentionClass, EntityView),
]


def links(viewer: Any) -> list[dict[str, str]]:
    """What the menu shows of correspondence before its other screens."""
    told = []
    if viewer.may(Distribution, "read"):
        told.append(("inbox", _("Inbox"), "/admin/distribution/inbox/"))
    if viewer.may(Document, "read"):
        told += [
            ("received", _("Received documents"), "/admin/document/?register_kind=received"),
            ("sent", _("Sent documents"), "/admin/document/?register_kind=sent"),
        ]
    if viewer.may(SecretPaper, "read"):
        told.append(("secret", _("Secret registers"), "/admin/register_book/?secret=1"))
    return [{"key": key, "title": title, "url": url} for key, title, url in told]
