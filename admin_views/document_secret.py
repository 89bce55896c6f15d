"""The content of a secret document on its own pages: opened once a page, for those cleared, and logged."""

import json
from typing import Any

from flask import g
from flask_babel import gettext as _

from access.database import db
from admin_views import cells, register_sheet
from admin_views.acting import lang
from entities.base import fields
from models import Document, SecretPaper
from rules import documents


class Told:
    """What of a secret document may be told on this page: nothing, or its paper."""

    def __init__(self, paper: SecretPaper | None = None) -> None:
        self.paper = paper
        kept = json.loads(paper.endorsements or "[]") if paper is not None else []
        self.words = [str(one.get("text", "")) for one in kept]


def opened(document: Document) -> Told:
    """The content of a secret document for those cleared: once a page, entered in the audit."""
    if document.secrecy is None:
        return Told()
    if "opened_paper" not in g:
        here = register_sheet.cleared(document.province_id)
        g.opened_paper = Told(documents.open_secret(document, db.session()) if here else None)
    found: Told = g.opened_paper
    return found


def notice() -> dict[str, str]:
    """What is said above the page of a secret document."""
    told: Told = g.get("opened_paper") or Told()
    if told.paper is not None:
        return {"kind": "warn", "text": _("Secret: this opening was written down with your name.")}
    words = _("Secret: its content is shown only to those cleared for secret documents.")
    return {"kind": "info", "text": words}


SEALED_SHOWN = ("subject", "ref_number", "from_party", "to_party")


def rows(paper: SecretPaper) -> list[Any]:
    """The facts of an opened paper, each with its label."""
    told = fields(SecretPaper)
    return [
        [told[key].label, cells.html(getattr(paper, key), lang())]
        for key in SEALED_SHOWN
        if getattr(paper, key)
    ]


def recipients(document: Document) -> dict[int, str]:
    """To whom a secret document went, by recipient; empty for an open one and for the uncleared."""
    paper = opened(document).paper
    return documents.sealed_recipients(paper) if paper is not None else {}
