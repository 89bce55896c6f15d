"""A request's official forms as files: entered in the audit, made for the viewer, named in Thai."""

from io import BytesIO
from typing import Any

from flask import Response, request, send_file

from access import audit
from access.database import db
from admin_views.base import viewer
from admin_views.downloads import XLSX
from entities import dates
from entities.base import Base
from entities.vocabulary import Act
from models import BudgetRequest, RequestItem
from workbooks import names, request_forms


def form(record: BudgetRequest, which: str) -> Response:
    """One of the request's forms: its list, its project briefs, or the annual list."""
    ending, make = request_forms.FORMS[which]
    fresh = _noted(record, request_forms.number(record, ending))
    content = make(db.session(), fresh, dates.now(), viewer().name)
    return _file(content, request_forms.file_name(ending, fresh), f"{which}.xlsx")


def brief(record: RequestItem) -> Response:
    """The project brief of one project (จ.1-1)."""
    fresh = _noted(record, request_forms.number(record, "1-1"))
    content = request_forms.brief_of(db.session(), fresh, dates.now(), viewer().name)
    return _file(content, request_forms.file_name("1-1", fresh), "brief.xlsx")


def _noted(record: Base, what: str) -> Any:
    """Enter the export in a transaction of its own, then read the record anew."""
    entity, key, acting = type(record), record.id, viewer()
    told = {"province_id": record.province_id, "record": str(record)}  # type: ignore[attr-defined]
    db.session.rollback()
    audit.note_alone(acting, Act.EXPORT, entity.__tablename__, key, place=request.remote_addr,
                     paper=what, **told)  # fmt: skip
    return db.session.get_one(entity, key)


def _file(content: bytes, name: str, fallback: str) -> Response:
    response = send_file(BytesIO(content), mimetype=XLSX)
    response.headers["Content-Disposition"] = names.disposition(name, fallback)
    return response
