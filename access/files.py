"""Files: stored under their SHA-256, never under a name.

They lie in the data folder or wherever fsspec reaches (`JANGWAT_FILES`). Which rows show a file
is decided by the scope of `attachment`; here are only bytes. What may be attached: `file_kinds`.
"""

import hashlib
import io
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import IO, TYPE_CHECKING, BinaryIO

from flask import current_app

from access.file_kinds import Unfit
from entities.messages import N_

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

BROUGHT = "brought"
"""Below the store: files that nobody has decided on yet, such as budgets to be imported."""
DECIDED_WITHIN = timedelta(days=7)
"""How long such a file can be accepted."""


class Unreachable(Exception):
    """The store of files does not answer, or its driver is missing; the text is for operators."""


def keep(content: IO[bytes], limit: int, *, until_decided: bool = False) -> tuple[str, int]:
    """Store the bytes; their SHA-256 and size.

    With `until_decided` they lie apart, and `tidy` removes them. Raises Unfit past the limit
    (bytes), Unreachable where the store does not answer.
    """
    digest, size = hashlib.sha256(), 0
    while piece := content.read(1 << 20):
        digest.update(piece)
        size += len(piece)
        if size > limit:
            raise Unfit(N_("The file is too large."))
    content.seek(0)
    with _answering():
        system, path = _place(digest.hexdigest(), BROUGHT if until_decided else "")
        if until_decided or not system.exists(path):
            _write(system, path, content)
    return digest.hexdigest(), size


def _write(system: "AbstractFileSystem", path: str, content: IO[bytes]) -> None:
    """Write beside the place and move there, so that half a file never stands under a hash."""
    unfinished = f"{path}.{secrets.token_hex(8)}"
    system.makedirs(path.rpartition("/")[0], exist_ok=True)
    try:
        with system.open(unfinished, "wb") as target:
            shutil.copyfileobj(content, target, 1 << 20)
        system.mv(unfinished, path)
    finally:
        if system.exists(unfinished):
            system.rm(unfinished)


def open_file(sha256: str, *, until_decided: bool = False) -> BinaryIO:
    """The bytes kept under a hash.

    Raises FileNotFoundError where they are missing, Unreachable where the store does not answer.
    """
    with _answering(FileNotFoundError):
        system, path = _place(sha256, BROUGHT if until_decided else "")
        found: BinaryIO = system.open(path, "rb")
    return found


def tidy(before: datetime) -> int:
    """Remove what was kept until somebody decided, and was brought before a moment; how many.

    Raises Unreachable where the store does not answer.
    """
    removed = 0
    with _answering():
        system, folder = _store()
        for path in system.find(f"{folder}/{BROUGHT}"):
            if _aware(system.modified(path)) < before:
                system.rm(path)
                removed += 1
    return removed


def _aware(moment: datetime) -> datetime:
    """A store that tells no time zone tells UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def probe() -> None:
    """Write, read and remove a small file; raises Unreachable with the reason."""
    told = secrets.token_bytes(16)
    with _answering():
        system, folder = _store()
        path = f"{folder}/probe-{secrets.token_hex(8)}"
        _write(system, path, io.BytesIO(told))
        kept = system.cat_file(path)
        system.rm(path)
    if kept != told:
        raise Unreachable("what was written is not what is read")


def where() -> str:
    """The address of the store for people, without the name and password that it may hold."""
    settings = current_app.config["SETTINGS"]
    if not settings.files:
        return str(settings.data / "files")
    return re.sub(r"(?<=://)[^/@]*@", "", str(settings.files))


def _store() -> tuple["AbstractFileSystem", str]:
    """The file system, and the folder in it."""
    import fsspec

    settings = current_app.config["SETTINGS"]
    if settings.files:
        system, folder = fsspec.url_to_fs(settings.files)
        return system, folder.rstrip("/")
    return fsspec.filesystem("file"), str(settings.folder("files"))


def _place(sha256: str, below: str = "") -> tuple["AbstractFileSystem", str]:
    """The file system, and the path in it of what has this hash."""
    system, folder = _store()
    return system, "/".join(filter(None, (folder, below, sha256[:2], sha256)))


@contextmanager
def _answering(*told: type[Exception]) -> Iterator[None]:
    """Tell every fault of a store by one name, whichever its driver has; but those in `told`."""
    try:
        yield
    except told:
        raise
    except Exception as error:
        raise Unreachable(f"{type(error).__name__}: {error}") from error
