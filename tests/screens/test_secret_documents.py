"""Of a secret document nothing shows anywhere but on its own page, to those cleared, each time logged."""

from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from access.database import db, writing
from entities.vocabulary import Act, Role, Secrecy
from models import AuditEntry, Document, SecretPaper
from rules import documents
from rules.documents import Recipient
from tests.registry_office import CHIEF, NOW, received, unit

TOLD = ("แผนจับกุมผู้ค้ายา", "กอ.รมน.ลพบุรี", "กอ 77/2569", "พบที่ท่าเรือ")


CLEARED = ("registrar", "governor")
"""Of those who look, who may open secret documents."""


@pytest.fixture
def secret(session: Any) -> dict[str, int]:
    """A secret document with an endorsement and a recipient; the ids of its records."""
    token = writing.set(True)
    session.rollback()
    made = received(
        session, unit(session), secrecy=Secrecy.SECRET, subject=TOLD[0], from_party=TOLD[1],
        ref_number=TOLD[2], body_text=TOLD[3],
    )  # fmt: skip
    documents.present(made, Role.GOVERNOR, session, NOW, TOLD[3], CHIEF)
    documents.send(made, [Recipient("กองทัพภาค")], session, NOW)
    session.commit()
    keys = {
        Document.__tablename__: made.id,
        SecretPaper.__tablename__: documents.paper_of(made, session).id,
    }
    db.session.remove()
    writing.reset(token)
    return keys


def _shown(answer: Any) -> str:
    """What an answer says, a workbook's sheets included."""
    body: bytes = answer.get_data()
    if body[:2] != b"PK":
        return body.decode("utf-8", "replace")
    with ZipFile(BytesIO(body)) as packed:
        return "".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())


def test_no_page_but_its_own_tells_what_is_secret(
    session: Any, persons: Any, secret: dict[str, int]
) -> None:
    paths = [
        path
        for table in ("document", "secret_paper", "endorsement", "distribution", "register_book")
        for path in (f"/admin/{table}/", f"/admin/{table}/export/xlsx/")
    ]
    for table, key in secret.items():
        paths += [f"/admin/{table}/{page}/?id={key}" for page in ("details", "history", "edit")]
    for word in TOLD:
        paths += [f"/admin/document/?search={word}", f"/admin/search/?q={word}"]
    for role, province in (("planner", 16), ("registrar", 16), ("governor", 16), ("auditor", None)):
        client = persons.client(role, province)
        for path in paths:
            answer = client.get(path)
            page = _shown(answer).replace(path.rpartition("=")[2], "")
            if role not in CLEARED or not path.startswith("/admin/document/details/"):
                assert not [word for word in TOLD if word in page], (role, path)
            assert answer.status_code < 500, (role, path)
            answer.close()
    session.rollback()
    opened = select(AuditEntry.actor).where(AuditEntry.act == Act.REVEAL.value)
    entered = set(session.scalars(opened))
    session.close()
    assert entered == {f"{role}.16" for role in CLEARED}


def test_lists_say_that_it_is_secret(persons: Any, secret: dict[str, int]) -> None:
    page = persons.client("planner").get("/admin/document/").get_data(as_text=True)
    assert "เอกสารลับ" in page
    assert "ล 1/2569" in page
