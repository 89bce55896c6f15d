"""Papers of the registry as Excel: a register, the proofs, a destruction list; each export is logged."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from flask import Response, request, send_file

from access import audit
from access.database import db
from admin_views.acting import viewer
from admin_views.downloads import XLSX
from entities import dates
from entities.vocabulary import Act


def sheet(
    of: tuple[str, int | None], title: str, province_id: int, paper: str, make: Callable[..., bytes]
) -> Response:
    """A workbook of a record (its table and id), made anew after the export was entered in the audit.

    `make` gets the session, the viewer and the moment.
    """
    from workbooks import names

    acting: Any = viewer()
    db.session.rollback()
    audit.note_alone(
        acting, Act.EXPORT, of[0], of[1], place=request.remote_addr, paper=paper, record=title,
        province_id=province_id,
    )  # fmt: skip
    content = make(db.session(), acting, dates.now())
    answer = send_file(BytesIO(content), mimetype=XLSX)
    disposition = names.disposition(names.file_name(title, "xlsx"), f"{paper}.xlsx")
    answer.headers["Content-Disposition"] = disposition
    return answer
