"""What may be attached: judged by a file's content, never by what its name claims.

A file that is two kinds at once, or that hides macros, is refused; what runs macros openly is
kept and marked. Nothing here unpacks more than one short part of a packed file.
"""

import codecs
import io
import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from access import file_text
from entities.messages import N_

HEAD = 8192
"""Bytes at a file's beginning that are looked at."""
LARGEST_UNPACKED = 500 * 1024 * 1024
SMALL_UNPACKED, MOST_PACKED = 20 * 1024 * 1024, 200
"""Past this size a file that unpacks to this many times its own is a bomb."""
MOST_PARTS, LARGEST_DIRECTORY, LARGEST_LIST = 10_000, 4 * 1024 * 1024, 1024 * 1024
NAME_LENGTH = 200
PACKED, COMPOUND = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OPEN_XML = "application/vnd.openxmlformats-officedocument."


class Unfit(Exception):
    """A file that may not be attached; the message id says why."""


@dataclass(frozen=True)
class Kind:
    """A kind of file: the type it is served as, how it begins, and what it must name inside.

    `family` is pdf, picture, packed (a zip), compound (Office before 2007) or text; `macros` says
    that the kind exists to carry them.
    """

    served: str
    family: str
    begins: tuple[bytes, ...] = ()
    inside: bytes = b""
    macros: bool = False


def _packed(served: str, inside: str, macros: bool = False) -> Kind:
    return Kind(served, "packed", (PACKED,), inside.encode(), macros)


def _compound(served: str, stream: str) -> Kind:
    return Kind(served, "compound", (COMPOUND,), stream.encode("utf-16-le"))


KINDS: dict[str, Kind] = {
    ".pdf": Kind("application/pdf", "pdf", (b"%PDF-",)),
    ".png": Kind("image/png", "picture", (b"\x89PNG\r\n\x1a\n",)),
    ".jpg": Kind("image/jpeg", "picture", (b"\xff\xd8\xff",)),
    ".jpeg": Kind("image/jpeg", "picture", (b"\xff\xd8\xff",)),
    ".gif": Kind("image/gif", "picture", (b"GIF87a", b"GIF89a")),
    ".webp": Kind("image/webp", "picture", (b"RIFF",)),
    ".tif": Kind("image/tiff", "picture", (b"II*\x00", b"MM\x00*")),
    ".tiff": Kind("image/tiff", "picture", (b"II*\x00", b"MM\x00*")),
    ".docx": _packed(f"{OPEN_XML}wordprocessingml.document", "wordprocessingml.document.main+xml"),
    ".xlsx": _packed(f"{OPEN_XML}spreadsheetml.sheet", "spreadsheetml.sheet.main+xml"),
    ".pptx": _packed(
        f"{OPEN_XML}presentationml.presentation", "presentationml.presentation.main+xml"
    ),
    ".docm": _packed(
        "application/vnd.ms-word.document.macroEnabled.12",
        "ms-word.document.macroEnabled.main+xml",
        macros=True,
    ),
    ".xlsm": _packed(
        "application/vnd.ms-excel.sheet.macroEnabled.12",
        "ms-excel.sheet.macroEnabled.main+xml",
        macros=True,
    ),
    ".pptm": _packed(
        "application/vnd.ms-powerpoint.presentation.macroEnabled.12",
        "ms-powerpoint.presentation.macroEnabled.main+xml",
        macros=True,
    ),
    ".odt": _packed(
        "application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text"
    ),
    ".ods": _packed(
        "application/vnd.oasis.opendocument.spreadsheet",
        "application/vnd.oasis.opendocument.spreadsheet",
    ),
    ".doc": _compound("application/msword", "WordDocument"),
    ".xls": _compound("application/vnd.ms-excel", "Workbook"),
    ".ppt": _compound("application/vnd.ms-powerpoint", "PowerPoint Document"),
    ".txt": Kind("text/plain", "text"),
    ".csv": Kind("text/csv", "text"),
}
"""What may be attached, by the ending of its name."""
MARKUP = (b"<html", b"<!doctype html", b"<script", b"<svg", b"<iframe", b"<body", b"<?php")
LIES = N_("The file's content is not what its name says.")
VBA, LOCKED = "_VBA_PROJECT".encode("utf-16-le"), "EncryptedPackage".encode("utf-16-le")


PDF_SCRIPT, PDF_PACKED = b"/JavaScript", b"/ObjStm"
"""How every script of a PDF is named, and every part of it that is packed; those are looked into apart."""


@dataclass(frozen=True)
class Judged:
    """A file that may be attached: the type it is served as, and whether it can run macros."""

    content_type: str
    has_macros: bool = False


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


def judge(name: str, content: IO[bytes]) -> Judged:
    """What a file is; raises Unfit where it may not be attached, with the reason.

    `content` is read from its beginning and left there.
    """
    content.seek(0)
    head = content.read(HEAD)
    kind = KINDS.get(Path(name).suffix.lower())
    if not head:
        raise Unfit(N_("The file is empty."))
    if kind is None:
        raise Unfit(N_("This kind of file cannot be attached; use PDF, pictures or Office files."))
    if kind.family == "packed" and head.startswith(COMPOUND) and LOCKED in _marks(content):
        raise Unfit(N_("The file is locked with a password; take the password off and attach it."))
    if kind.begins and not head.startswith(kind.begins):
        raise Unfit(LIES)
    try:
        macros = FAMILIES[kind.family](kind, head, content)
    finally:
        content.seek(0)
    if _is_two_kinds(kind, head, content):
        raise Unfit(N_("The file is two kinds at once, as files made for attacks are."))
    return Judged(kind.served, macros)


def _plain(kind: Kind, head: bytes, _content: IO[bytes]) -> bool:
    """A PDF or a picture, as a second opinion sees it too."""
    import puremagic

    if kind.served == "image/gif" and not _is_gif(head):
        raise Unfit(LIES)
    try:
        found = {guess.mime_type for guess in puremagic.magic_string(head)}
    except (puremagic.PureError, ValueError):
        found = set()
    if kind.served not in found:
        raise Unfit(LIES)
    return False


def _pdf(kind: Kind, head: bytes, content: IO[bytes]) -> bool:
    """A PDF; one whose own scripts its reader would run is marked, as a file with macros is."""
    _plain(kind, head, content)
    found = _found(content, {PDF_SCRIPT, PDF_PACKED})
    return PDF_SCRIPT in found or (PDF_PACKED in found and file_text.hides_script(content))


def _is_gif(head: bytes) -> bool:
    """Whether blocks follow where the picture's own measures say; in a script dressed as one, not."""
    if len(head) < 14 or head[6:8] == b"/*":
        return False
    colours = 3 << ((head[10] & 7) + 1) if head[10] & 0x80 else 0
    return head[13 + colours : 14 + colours] in (b"\x21", b"\x2c", b"\x3b")


def _text(_kind: Kind, head: bytes, _content: IO[bytes]) -> bool:
    text = decoded(head)
    starts = (text or "").lstrip("\ufeff \t\r\n").lower()
    if text is None or starts.startswith(("<", "%pdf", "mz\x90")):
        raise Unfit(LIES)
    return False


def decoded(head: bytes) -> str | None:
    """Plain text in one of the three ways that Thai offices write it; None where it is none."""
    for coding in ("utf-8", "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "", "cp874"):
        try:
            text = codecs.getincrementaldecoder(coding)().decode(head) if coding else "\0"
        except UnicodeDecodeError:
            continue
        if not any((c < " " and c not in "\t\r\n\f\x1a") or "\x7f" <= c <= "\x9f" for c in text):
            return text
    return None


def _office(kind: Kind, _head: bytes, content: IO[bytes]) -> bool:
    """An Office file in a zip: it names its kind inside, and unpacks to a sane size."""
    size = _sane_directory(content)
    try:
        with zipfile.ZipFile(content) as packed:
            parts = packed.infolist()
            unpacked = sum(part.file_size for part in parts)
            if unpacked > LARGEST_UNPACKED or unpacked > max(SMALL_UNPACKED, MOST_PACKED * size):
                raise Unfit(N_("The file unpacks to more than can be kept."))
            if kind.inside not in _kind_told(packed):
                raise Unfit(LIES)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, RuntimeError):
        raise Unfit(LIES) from None
    hidden = any(_is_macro(part.filename.lower()) for part in parts)
    if hidden and not kind.macros and b"opendocument" not in kind.inside:
        raise Unfit(
            N_(
                "The file hides macros behind its name; save it as .docm, .xlsm or .pptm, or without."
            )
        )
    return hidden or kind.macros


def _is_macro(part: str) -> bool:
    return "vbaproject" in part or part.startswith(("xl/macrosheets/", "basic/", "scripts/"))


def _sane_directory(content: IO[bytes]) -> int:
    """The file's size; Unfit where its directory is none, or longer than any office writes.

    Checked before it is read, for the reading alone could fill the memory.
    """
    end, size = _zip_end(content)
    if end is None:
        raise Unfit(LIES)
    count, length = struct.unpack("<HL", end[10:16])
    if count > MOST_PARTS or length > LARGEST_DIRECTORY:
        raise Unfit(N_("The file unpacks to more than can be kept."))
    return size


def _zip_end(content: IO[bytes]) -> tuple[bytes | None, int]:
    """The record that ends a zip, where one does, and the file's size."""
    size = content.seek(0, io.SEEK_END)
    content.seek(max(0, size - 65_557))
    tail = content.read()
    content.seek(0)
    at = tail.rfind(b"PK\x05\x06")
    return (tail[at : at + 22] if 0 <= at <= len(tail) - 22 else None), size


def _kind_told(packed: zipfile.ZipFile) -> bytes:
    """What the file itself says it is: its list of types, or the name of its type."""
    for name in ("[Content_Types].xml", "mimetype"):
        if name in packed.namelist():
            with packed.open(name) as part:
                return part.read(LARGEST_LIST)
    return b""


def _old_office(kind: Kind, _head: bytes, content: IO[bytes]) -> bool:
    """An Office file from before 2007: its streams are named in it, macros among them."""
    marks = _marks(content)
    if kind.inside not in marks:
        raise Unfit(LIES)
    return VBA in marks


def _marks(content: IO[bytes]) -> set[bytes]:
    """Which of the known streams a compound file names."""
    inside = {kind.inside for kind in KINDS.values() if kind.family == "compound"}
    return _found(content, inside | {VBA, LOCKED})


def _found(content: IO[bytes], wanted: set[bytes]) -> set[bytes]:
    """Which of some marks a file has in it; read piece by piece."""
    found: set[bytes] = set()
    content.seek(0)
    kept = b""
    while piece := content.read(1 << 20):
        window = kept + piece
        found |= {mark for mark in wanted - found if mark in window}
        kept = window[-64:]
    content.seek(0)
    return found


def _is_two_kinds(kind: Kind, head: bytes, content: IO[bytes]) -> bool:
    """Whether another program would read the file as something else: a page, a script, a zip, a PDF."""
    begin = head[:1024].lower()
    if kind.family != "text" and any(mark in begin for mark in MARKUP):
        return True
    if kind.family != "pdf" and b"%pdf-" in begin:
        return True
    if head[:6] == b"\xff\xd8\xff\xe0/*":
        return True
    return kind.family in ("pdf", "picture") and _zip_end(content)[0] is not None


FAMILIES = {
    "pdf": _pdf,
    "picture": _plain,
    "packed": _office,
    "compound": _old_office,
    "text": _text,
}
