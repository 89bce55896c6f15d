"""What a file says, for the search: read in a process apart, within limits, and put in one form.

Nothing is promised: a scanned page has no letters, and what takes too long is left unread. The
caller holds no transaction meanwhile, for reading may take seconds.
"""

import logging
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import IO

from access.file_reader import MOST_LETTERS, PARTS, SAME, SCRIPTS
from entities import thai

READER = Path(__file__).with_name("file_reader.py")
READ = frozenset({".pdf", ".txt", ".csv", *PARTS, *SAME})
"""The endings of what can be read."""
SECONDS = 6
PASSED_ON = ("PATH", "PYTHONPATH", "SYSTEMROOT", "LD_LIBRARY_PATH")
"""What of the environment the reader gets: no key, no address of a database."""

# PDFs keep the shapes of letters: Latin ligatures, and the marks that old Thai fonts raise or move
# aside, each at a place of its own.
_GLYPHS = dict(
    zip(
        range(0xF700, 0xF71B),
        "ฐ\u0e34\u0e35\u0e36\u0e37\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e48\u0e49\u0e4a\u0e4b\u0e4cญ"
        "\u0e31\u0e4d\u0e47\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e38\u0e39\u0e3a",
        strict=True,
    )
) | dict(zip(range(0xFB00, 0xFB05), ("ff", "fi", "fl", "ffi", "ffl"), strict=True))
_BROKEN_LINE = re.compile("(?<=[\u0e00-\u0e7f])[ \t]*\n[ \t]*(?=[\u0e00-\u0e7f])")
_SPACES = re.compile(r"\s+")
_PRIVATE = re.compile("[\ue000-\uf8ff]")


def read(name: str, content: IO[bytes]) -> str | None:
    """The text of a file that may be attached; "" where it says nothing that can be read.

    None for kinds that are not read. `content` has a file behind it, as what is sent to a form has.
    """
    ending = Path(name).suffix.lower()
    if ending not in READ:
        return None
    content.seek(0)
    try:
        found = _told(ending, content)
    finally:
        content.seek(0)
    return tidy(found.decode("utf-8", "ignore"))


def hides_script(content: IO[bytes]) -> bool:
    """Whether a packed part of a PDF names a script; of one that cannot be read, no."""
    content.seek(0)
    try:
        return bool(_told(SCRIPTS, content))
    finally:
        content.seek(0)


def _told(ending: str, content: IO[bytes]) -> bytes:
    command = [sys.executable, "-P", "-B", str(READER), ending]
    passed = {key: os.environ[key] for key in PASSED_ON if key in os.environ}
    descriptor = content.fileno()
    content.flush()
    try:
        done = subprocess.run(  # noqa: S603 - our own reader, and an ending from our own list
            command, stdin=descriptor, capture_output=True, timeout=SECONDS, env=passed,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        logging.getLogger("jangwat").warning("a file took too long to read: %s", ending)
        return error.stdout or b""
    if done.returncode:
        why = done.stderr.decode("utf-8", "replace").strip().rsplit("\n", 1)[-1][:200]
        logging.getLogger("jangwat").warning("a file was not read to its end: %s %s", ending, why)
    return done.stdout


def tidy(text: str) -> str:
    """Text as it is searched: lines that break a Thai word joined, spaces single, letters usual."""
    text = thai.normalise(text.translate(_GLYPHS))
    text = _PRIVATE.sub("", _BROKEN_LINE.sub("", text))
    return _SPACES.sub(" ", text).strip()[:MOST_LETTERS]


def shared(texts: list[str], room: int = MOST_LETTERS) -> str:
    """Several files' texts in one, each with its fair part of the room: the short ones whole."""
    parts, room = dict.fromkeys(range(len(texts)), ""), room - max(0, len(texts) - 1)
    for left, n in enumerate(sorted(parts, key=lambda n: len(texts[n]))):
        parts[n] = texts[n][: max(0, room // (len(texts) - left))]
        room -= len(parts[n])
    return "\n".join(parts.values())
