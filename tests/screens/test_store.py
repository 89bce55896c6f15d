"""A store of files that does not answer: nothing is lost, and the person reads why."""

from dataclasses import replace

import pytest
from fsspec.implementations.memory import MemoryFileSystem
from sqlalchemy import select

from models import Attachment
from tests.screens.test_traps import PDF, THAI_NAME, _attach, order

__all__ = ["order"]


@pytest.fixture
def store(app, monkeypatch):
    """Says where files are kept from now on."""

    def at(address: str) -> None:
        settings = replace(app.config["SETTINGS"], files=address)
        monkeypatch.setitem(app.config, "SETTINGS", settings)

    yield at
    MemoryFileSystem.store.clear()


def test_a_file_goes_through_any_store(session, persons, order, store):
    store("memory://province/files")
    client = persons.client("secretary")
    assert _attach(client, order, THAI_NAME, PDF).status_code == 302
    session.rollback()
    kept = session.scalars(select(Attachment)).one()
    key, name = kept.id, f"/province/files/{kept.sha256[:2]}/{kept.sha256}"
    session.rollback()
    assert list(MemoryFileSystem.store) == [name]
    assert client.get(f"/admin/attachment/file/?id={key}").data == PDF


def test_a_store_that_does_not_answer_is_told_in_words(session, persons, order, store, caplog):
    client = persons.client("secretary")
    assert _attach(client, order, THAI_NAME, PDF).status_code == 302
    session.rollback()
    key = session.scalars(select(Attachment.id)).one()
    session.rollback()
    store("s3://key:secret@bucket/files")
    answer = client.get(f"/admin/attachment/file/?id={key}")
    assert answer.status_code == 503
    assert "ขณะนี้เปิดไฟล์ไม่ได้" in answer.get_data(as_text=True)
    assert _attach(client, order, "อีกฉบับ.pdf", PDF + b"2").status_code == 302
    page = client.get(f"/admin/appointment_order/details/?id={order}").get_data(as_text=True)
    assert "ที่เก็บไฟล์ไม่ตอบสนอง" in page
    assert "s3fs" in caplog.text, "the operator reads what is missing"
    assert "s3fs" not in page
    session.rollback()
    assert session.scalars(select(Attachment.id)).all() == [key]
