"""Reads the text out of one file, in a process of its own: `python file_reader.py ENDING < file`.

The file may be made to hang or to fill the memory of whoever reads it. So this runs apart, with
little of both to spend, knows nothing of the application, and prints what it found as it goes:
what is killed half way has still told its first pages.
"""

import re
import sys
import zipfile
from collections.abc import Callable, Iterator
from typing import IO, Any, cast

MOST_LETTERS, MOST_PAGES, MOST_PARTS = 20_000, 300, 200
SECONDS, MEMORY = 5, 400 * 1024 * 1024
PARTS = {
    ".docx": r"word/(document|footnotes|endnotes|header\d*|footer\d*)\.xml",
    ".pptx": r"ppt/slides/slide\d+\.xml",
    ".xlsx": r"xl/sharedStrings\.xml",
    ".odt": r"content\.xml",
    ".ods": r"content\.xml",
}
"""The parts of an Office file that hold its words."""
OPEN_DOCUMENT = frozenset({".odt", ".ods"})
SAME = {".docm": ".docx", ".xlsm": ".xlsx", ".pptm": ".pptx"}
SCRIPTS, SCRIPT = ".pdf-scripts", b"/JavaScript"
"""What is asked for in place of an ending to learn whether a PDF has scripts, and how each is named."""


def bind() -> None:
    """Take what this process may spend: seconds, memory, and no file of its own."""
    try:
        import resource
    except ImportError:
        return  # Windows; there the caller's clock alone holds it
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def of_pdf(stream: IO[bytes]) -> Iterator[str]:
    """The text of a PDF, page by page; a page that cannot be read is passed over."""
    import logging

    from pypdf import PdfReader

    logging.disable()
    reader = PdfReader(stream)
    for number, page in enumerate(reader.pages):
        if number == MOST_PAGES:
            return
        try:
            yield page.extract_text() + "\n"
        except (MemoryError, RecursionError):
            return
        except Exception:  # noqa: BLE001, S112 - one broken page of a foreign file; the next may do
            continue


def scripts_of_pdf(stream: IO[bytes]) -> Iterator[str]:
    """One word where a packed part of a PDF names a script; nothing where none does."""
    import logging

    from pypdf import PdfReader

    logging.disable()
    reader = PdfReader(stream)
    for number in sorted({part for part, _place in reader.xref_objStm.values()}):
        try:
            packed: bytes = cast("Any", reader.get_object(number)).get_data()
        except (MemoryError, RecursionError):
            return
        except Exception:  # noqa: BLE001, S112 - one broken part of a foreign file; the next may do
            continue
        if SCRIPT in re.sub(
            rb"#([0-9A-Fa-f]{2})", lambda sign: bytes.fromhex(sign[1].decode()), packed
        ):
            yield "script"
            return


def of_office(stream: IO[bytes], ending: str) -> Iterator[str]:
    """The text of an Office file: letters as they stand, a line for each paragraph or cell."""
    wanted = re.compile(PARTS[SAME.get(ending, ending)])
    with zipfile.ZipFile(stream) as packed:
        names = sorted(filter(wanted.fullmatch, packed.namelist()))
        # The main text before headers and notes.
        names.sort(key=lambda name: not name.endswith(("document.xml", "content.xml")))
        for name in names[:MOST_PARTS]:
            with packed.open(name) as part:
                yield from _letters(part, _whole if ending in OPEN_DOCUMENT else _run)


def _letters(part: IO[bytes], said: Callable[[str, Any], str]) -> Iterator[str]:
    """The words of one part; what was read is let go, however long the part is."""
    from xml.etree import ElementTree

    for _event, element in ElementTree.iterparse(part):  # noqa: S314 - memory and time are bound
        tag = element.tag.rpartition("}")[2]
        if words := said(tag, element):
            yield words
            element.clear()


def _run(tag: str, element: Any) -> str:
    """Microsoft's: letters stand in `t` alone; a paragraph or a cell's text ends a line."""
    if tag == "t":
        return element.text or ""
    return "\n" if tag in ("p", "si", "br", "tab") else ""


def _whole(tag: str, element: Any) -> str:
    """OpenDocument: letters stand in paragraphs and headings, between their parts."""
    return "".join(element.itertext()) + "\n" if tag in ("p", "h") else ""


def of_text(stream: IO[bytes]) -> Iterator[str]:
    """Plain text in one of the ways that Thai offices write it."""
    content = stream.read(4 * MOST_LETTERS)
    coding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        yield content.decode(coding)
    except UnicodeDecodeError as error:
        cut = error.start >= len(content) - 4
        yield content.decode(coding if cut else "cp874", "ignore")


def told(stream: IO[bytes], ending: str) -> Iterator[str]:
    """The text of a file, in pieces, as much as is kept."""
    if ending == ".pdf":
        pieces = of_pdf(stream)
    elif ending == SCRIPTS:
        pieces = scripts_of_pdf(stream)
    elif ending in (".txt", ".csv"):
        pieces = of_text(stream)
    else:
        pieces = of_office(stream, ending)
    room = MOST_LETTERS
    for piece in pieces:
        yield piece[:room]
        room -= len(piece)
        if room <= 0:
            return


def main() -> None:
    """Read the file on standard input."""
    stream = open(0, "rb", closefd=False)  # noqa: SIM115 - it is the process's own
    stream.seek(0)
    bind()
    for piece in told(stream, sys.argv[1]):
        sys.stdout.buffer.write(piece.encode("utf-8", "ignore"))
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
