"""Names of files: safe on every system, and told to a browser by RFC 6266."""

import re
from urllib.parse import quote

from entities import thai
from workbooks import styles

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]+')
_SPACES = re.compile(r"\s+")
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
LONGEST = 120


def safe(text: str, longest: int = LONGEST) -> str:
    """The text as a name of a file or folder: nothing that a system forbids, never empty."""
    text = _FORBIDDEN.sub("-", _SPACES.sub(" ", thai.normalise(styles.printable(text))))
    text = text[:longest].strip(" .-")
    return f"_{text}" if not text or _DEVICES.fullmatch(text) else text


def file_name(title: str, ending: str) -> str:
    """A file's name from its title."""
    return f"{safe(title)}.{ending}"


def kept(name: str) -> str:
    """The name somebody gave a file, made safe; its ending stays."""
    stem, dot, ending = name.rpartition(".")
    if not dot or not stem or len(ending) > 10:
        return safe(name)
    return f"{safe(stem)}.{safe(ending)}"


def disposition(name: str, fallback: str, how: str = "attachment") -> str:
    """The header that has a browser save a file by its Thai name; `fallback` is ASCII.

    `how` is `attachment`, or `inline` for what is shown inside a page.
    """
    return f"{how}; filename=\"{fallback}\"; filename*=UTF-8''{quote(name, safe='')}"
