"""Files: stored under their SHA-256, checked by content, never by name.

They lie in the data folder or wherever fsspec reaches (`JANGWAT_FILES`). Which rows show a file
is decided by the scope of `attachment`; here are only bytes.
"""

import hashlib
import io
import re
import secrets
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO

from flask import current_app

from entities.messages import N_

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

KINDS: dict[str, tuple[str, bytes]] = {
    ".pdf": ("application/pdf", b"%PDF-"),
    ".png": ("image/png", b"\x89PNG\r\n\x1a\n"),
    ".jpg": ("image/jpeg", b"\xff\xd8\xff"),
    ".jpeg": ("image/jpeg", b"\xff\xd8\xff"),
    ".docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK"),
    ".xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK"),
    ".pptx": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", b"PK"),
    ".odt": ("application/vnd.oasis.opendocument.text", b"PK"),
    ".ods": ("application/vnd.oasis.opendocument.spreadsheet", b"PK"),
    ".txt": ("text/plain", b""),
}
"""What may be attached: the ending, the type it is served as, and how its bytes begin."""

OFFICE = {
    ".docx": "word/",
    ".xlsx": "xl/",
    ".pptx": "ppt/",
    ".odt": "content.xml",
    ".ods": "content.xml",
}
LARGEST_UNPACKED = 500 * 1024 * 1024
NAME_LENGTH = 200
BROUGHT = "brought"
"""Below the store: files that nobody has decided on yet, such as budgets to be imported."""
DECIDED_WITHIN = timedelta(days=7)
"""How long such a file can be accepted."""


class Unfit(Exception):
    """A file that may not be attached; the message id says why."""


class Unreachable(Exception):
    """The store of files does not answer, or its driver is missing; the text is for operators."""


def tidy_name(name: str) -> str:
    """The name a file is shown and downloaded under: Thai stays, folders and controls go.

    Raises Unfit when nothing is left or the ending is not allowed.
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join(c for c in last if c.isprintable() and c not in '<>:"|?*').strip(" .")
    stem, dot, ending = clean.rpartition(".")
    if not stem or not dot:
        raise Unfit(N_("This file has no name that can be kept."))
    return f"{stem[:NAME_LENGTH]}.{ending}"


def kind_of(name: str, head: bytes, content: IO[bytes]) -> str:
    """The type a file is served as; raises Unfit where its content is not what its name says."""
    ending = Path(name).suffix.lower()
    if not head:
        raise Unfit(N_("The file is empty."))
    if ending not in KINDS:
        raise Unfit(N_("This kind of file cannot be attached; use PDF, pictures or Office files."))
    served, begins = KINDS[ending]
    if not head.startswith(begins) or (ending == ".txt" and not _is_text(head)):
        raise Unfit(N_("The file's content is not what its name says."))
    if ending in OFFICE:
        _check_office(ending, content)
    elif ending != ".txt" and ending not in _guesses(head):
        raise Unfit(N_("The file's content is not what its name says."))
    return served


def _guesses(head: bytes) -> set[str]:
    import puremagic

    try:
        found = {guess.extension for guess in puremagic.magic_string(head)}
    except (puremagic.PureError, ValueError):
        return set()
    return found | ({".jpg", ".jpeg"} if found & {".jpg", ".jpeg", ".jfif"} else set())


def _is_text(head: bytes) -> bool:
    try:
        head.decode("utf-8", errors="strict") if len(head) < 4096 else head[:4000].decode(
            "utf-8", "ignore"
        )
    except UnicodeDecodeError:
        return False
    return b"\x00" not in head and not head.lstrip().lower().startswith((b"<", b"%pdf", b"mz"))


def _check_office(ending: str, content: IO[bytes]) -> None:
    """An Office file holds its parts, no macros, and unpacks to a sane size."""
    try:
        with zipfile.ZipFile(content) as packed:
            names = [info.filename for info in packed.infolist()]
            size = sum(info.file_size for info in packed.infolist())
    except zipfile.BadZipFile:
        raise Unfit(N_("The file's content is not what its name says.")) from None
    finally:
        content.seek(0)
    if not any(name.startswith(OFFICE[ending]) for name in names):
        raise Unfit(N_("The file's content is not what its name says."))
    if size > LARGEST_UNPACKED:
        raise Unfit(N_("The file unpacks to more than can be kept."))
    if any("vbaproject" in name.lower() for name in names):
        raise Unfit(N_("Files with macros cannot be attached."))


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
