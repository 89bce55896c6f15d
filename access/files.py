"""Files: stored under their SHA-256 in the data folder, checked by content, never by name.

Which rows show a file is decided by the scope of `attachment`; here are only bytes.
"""

import hashlib
import zipfile
from pathlib import Path
from typing import IO, BinaryIO

import fsspec
import puremagic
from flask import current_app

from entities.messages import N_

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


class Unfit(Exception):
    """A file that may not be attached; the message id says why."""


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


def keep(content: IO[bytes], limit: int) -> tuple[str, int]:
    """Store the bytes; their SHA-256 and size. Raises Unfit past the limit (bytes)."""
    digest, size = hashlib.sha256(), 0
    while piece := content.read(1 << 20):
        digest.update(piece)
        size += len(piece)
        if size > limit:
            raise Unfit(N_("The file is too large."))
    content.seek(0)
    path = _path(digest.hexdigest())
    system = fsspec.filesystem("file")
    if not system.exists(path):
        system.makedirs(str(Path(path).parent), exist_ok=True)
        with system.open(f"{path}.new", "wb") as target:
            while piece := content.read(1 << 20):
                target.write(piece)
        system.mv(f"{path}.new", path)
    return digest.hexdigest(), size


def _path(sha256: str) -> str:
    folder: Path = current_app.config["SETTINGS"].folder("files")
    return str(folder / sha256[:2] / sha256)


def open_file(sha256: str) -> BinaryIO:
    """The bytes kept under a hash; raises FileNotFoundError where they are missing."""
    found: BinaryIO = fsspec.filesystem("file").open(_path(sha256), "rb")
    return found
