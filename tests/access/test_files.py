"""The store of files: the same names by content wherever fsspec reaches; its faults told plainly."""

import hashlib
import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import fsspec
import pytest
from flask import Flask
from fsspec.implementations.memory import MemoryFileSystem

from access import files
from entities import dates
from settings import Settings, read

CONTENT = "รายงานการประชุม".encode() * 100
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def memory():
    """fsspec's store in memory, empty before and after."""
    MemoryFileSystem.store.clear()
    yield fsspec.filesystem("memory")
    MemoryFileSystem.store.clear()


@pytest.fixture
def plain(tmp_path: Path):
    """An application that has settings alone: the store asks for nothing else."""
    app = Flask("store")
    app.config["SETTINGS"] = read({"JANGWAT_DATA": str(tmp_path / "ข้อมูล จังหวัด")})
    with app.app_context():
        yield app


def _at(app: Flask, address: str) -> Settings:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], files=address)
    return app.config["SETTINGS"]


def _kept() -> bytes:
    assert files.keep(io.BytesIO(CONTENT), 10**6) == (SHA256, len(CONTENT))
    with files.open_file(SHA256) as found:
        return found.read()


@pytest.mark.parametrize(
    "address", ["", "file://{folder}/store", "{folder}/store/", "memory://s/p"]
)
def test_bytes_come_back_from_every_store_under_their_hash(plain, memory, tmp_path, address):
    settings = _at(plain, address.format(folder=tmp_path))
    assert _kept() == CONTENT
    assert _kept() == CONTENT, "the same content twice is kept once"
    ending = f"/{SHA256[:2]}/{SHA256}"
    if "memory" in address:
        assert list(memory.store) == [f"/s/p{ending}"]
        return
    root = tmp_path / "store" if address else settings.data / "files"
    assert [str(p) for p in root.rglob("*") if p.is_file()] == [f"{root}{ending}"]
    if not address:
        assert root.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("address", ["", "memory://store"])
def test_what_nobody_decided_on_lies_apart_and_goes(plain, memory, address):
    """A file that stays is never touched, even where the same bytes were brought too."""
    _at(plain, address)
    assert files.tidy(dates.now()) == 0, "nothing was ever brought"
    assert _kept() == CONTENT
    files.keep(io.BytesIO(CONTENT), 10**6, until_decided=True)
    files.keep(io.BytesIO(CONTENT), 10**6, until_decided=True)
    assert files.tidy(dates.now() - files.DECIDED_WITHIN) == 0
    with files.open_file(SHA256, until_decided=True) as found:
        assert found.read() == CONTENT
    assert files.tidy(dates.now() + timedelta(seconds=1)) == 1
    with pytest.raises(FileNotFoundError):
        files.open_file(SHA256, until_decided=True)
    assert _kept() == CONTENT


def test_half_a_file_never_stands_under_a_hash(plain, memory, monkeypatch):
    _at(plain, "memory://store")

    def breaks(*_given):  # type: ignore[no-untyped-def]
        raise ConnectionResetError("the line is down")

    monkeypatch.setattr(files.shutil, "copyfileobj", breaks)
    with pytest.raises(files.Unreachable, match="the line is down"):
        files.keep(io.BytesIO(CONTENT), 10**6)
    assert not memory.store
    with pytest.raises(FileNotFoundError):
        files.open_file(SHA256)


def test_a_file_over_the_limit_is_not_kept(plain, memory):
    _at(plain, "memory://store")
    with pytest.raises(files.Unfit):
        files.keep(io.BytesIO(CONTENT), len(CONTENT) - 1)
    assert not memory.store


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("s3://bucket/prefix", "s3fs"),
        ("nowhere://bucket", "nowhere"),
        ("file:///proc/jangwat", "Error"),
    ],
)
def test_a_store_that_cannot_be_used_says_why(plain, address, told):
    _at(plain, address)
    for used in (files.probe, lambda: files.keep(io.BytesIO(CONTENT), 10**6)):
        with pytest.raises(files.Unreachable, match=told):
            used()


def test_the_address_is_shown_without_the_password_in_it(plain):
    for address, shown in {
        "s3://key:secret@bucket/prefix": "s3://bucket/prefix",
        "memory://store": "memory://store",
    }.items():
        _at(plain, address)
        assert files.where() == shown


@pytest.mark.parametrize("address", ["", "memory://store", "s3://key:secret@bucket"])
def test_the_check_tries_the_store(app, session, memory, monkeypatch, address):
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], files=address))
    output = app.test_cli_runner().invoke(args=["check"]).output
    (line,) = (line for line in output.splitlines() if "attached files" in line)
    assert "secret@" not in output
    if address.startswith("s3"):
        assert line.startswith("BAD ")
        assert "s3fs" in line
    else:
        assert line.startswith("ok ")
    assert not memory.store, "what was tried is taken away again"
