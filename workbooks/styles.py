"""How every workbook looks: font, formats, A4 set-up, sheet names, and what a cell may hold.

Text goes into cells as text only: never a formula, never a link. Numbers and dates are real,
dates are shown in the Buddhist era by their number format.
"""

import re
from collections.abc import Collection
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

FONT = "TH Sarabun New"
BODY, TABLE, SMALL = 16, 14, 12
"""Sizes of type in points: running text, tables, notes."""

DATES = {"th": "[$-107041E]d mmm yyyy", "en": "[$-409]d mmm yyyy"}
MOMENTS = {"th": '[$-107041E]d mmm yyyy hh"."mm" น."', "en": "[$-409]d mmm yyyy hh:mm"}
TIMES = {"th": 'hh"."mm" น."', "en": "hh:mm"}
"""Number formats by language. 107041E is: Western digits (01), Buddhist era (07), Thai (041E);
both Excel and LibreOffice know it, the newer `[$-th-TH,107]` is shown as a bare number by the
latter."""

TEXT_LIMIT = 32_767
"""The longest text of a cell, in UTF-16 units."""
NAME_LIMIT = 31
A4 = 9
MARGINS = {"left": 0.6, "right": 0.6, "top": 0.75, "bottom": 0.75}
"""Print margins in inches."""
FOOTER = "หน้า &P / &N"
"""Page of pages, in the code of Excel's footers."""

INK, LINE, BRAND = "#16202E", "#A9B4C4", "#174A86"
SHADES = {
    "head": "#E7F0FA",
    "band": "#F4F6FA",
    "bad": "#FCE8E6",
    "warn": "#FDEED6",
    "ok": "#E1F4E9",
}
TONES = {"bad": "#A3221A", "warn": "#854700", "ok": "#14613A", "info": "#0A5672", "gold": "#7A5200"}

_GRID = {"border": 1, "border_color": LINE}
_CELL = {"font_size": TABLE, "valign": "top", "text_wrap": True, **_GRID}
_MIDDLE = {"align": "center", "valign": "vcenter", "text_wrap": True}

LOOKS: dict[str, dict[str, Any]] = {
    "display": {"font_size": 30, "bold": True, "font_color": BRAND, **_MIDDLE},
    "headline": {"font_size": 24, "bold": True, **_MIDDLE},
    "line": {"font_size": 20, **_MIDDLE},
    "strong_line": {"font_size": BODY, "bold": True, **_MIDDLE},
    "rule": {"font_size": 4, "bottom": 5, "bottom_color": BRAND},
    "title": {"font_size": 20, "bold": True, **_MIDDLE},
    "sub": {"font_size": BODY, **_MIDDLE},
    "head": {**_CELL, **_MIDDLE, "bold": True, "bg_color": SHADES["head"]},
    "band": {**_CELL, "bold": True, "bg_color": SHADES["band"], "valign": "vcenter"},
    "cell": _CELL,
    "strong": {**_CELL, "bold": True},
    "centre": {**_CELL, "align": "center"},
    "label": {**_CELL, "bold": True, "bg_color": SHADES["band"]},
    "number": {**_CELL, "num_format": "#,##0", "align": "right"},
    "money": {**_CELL, "num_format": "#,##0.00", "align": "right"},
    "share": {**_CELL, "num_format": "0.00", "align": "right"},
    "points": {**_CELL, "num_format": "+0.00;-0.00;0.00", "align": "right"},
    "left": {**_CELL, "num_format": "#,##0", "align": "left"},
    "blank": {"font_size": TABLE},
    "item": {"font_size": TABLE, "text_wrap": True, "valign": "top"},
    "none": {**_CELL, "align": "center", "font_color": "#596477"},
    "note": {"font_size": SMALL, "valign": "top", "text_wrap": True, "font_color": "#596477"},
    "date": {**_CELL, "num_format": DATES["th"], "align": "center"},
    "moment": {**_CELL, "num_format": MOMENTS["th"], "align": "left"},
    "time": {**_CELL, "num_format": TIMES["th"], "align": "center"},
    **{
        tone: {
            **_CELL,
            "font_color": colour,
            "bold": True,
            "align": "center",
            **({"bg_color": SHADES[tone]} if tone in SHADES else {}),
        }
        for tone, colour in TONES.items()
    },
}
"""Every format a sheet may ask for, by name; those named like a tone mark a state."""

_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f\x7f]+")


def printable(text: str) -> str:
    """The text without control characters that no workbook can hold; tab and line ends stay."""
    return _UNWANTED.sub("", text)


def shortened(text: str, limit: int = TEXT_LIMIT) -> str:
    """The text cut to `limit` UTF-16 units, as spreadsheets count, never inside a character."""
    if len(text) * 2 <= limit:
        return text
    return text.encode("utf-16-le", "surrogatepass")[: limit * 2].decode("utf-16-le", "ignore")


def safe(text: str) -> str:
    """The text as a cell may hold it.

    XlsxWriter takes a text that begins `<r>` and ends `</r>` for finished XML; a space at the
    end keeps it what it is.
    """
    text = shortened(printable(text))
    return (
        f"{text[: TEXT_LIMIT - 1]} " if text.startswith("<r>") and text.endswith("</r>") else text
    )


def sheet_name(title: str, taken: Collection[str] = ()) -> str:
    """A name a sheet may have: at most 31 characters, none of them forbidden, not in `taken`.

    `taken` holds the names in use, case-folded.
    """
    wished = " ".join(_FORBIDDEN.sub(" ", printable(title)).split()).strip(" '") or "-"
    if wished.casefold() == "history":
        wished = f"{wished}_"
    name, number = shortened(wished, NAME_LIMIT).strip(" '"), 1
    while name.casefold() in taken:
        number += 1
        end = f" ({number})"
        name = f"{shortened(wished, NAME_LIMIT - len(end)).strip()}{end}"
    return name


def set_up(
    sheet: "Worksheet", *, landscape: bool = False, header: str = "", footer: str = FOOTER
) -> None:
    """A4, one page wide, page number at the foot, `header` at the top right of each page."""
    sheet.set_paper(A4)
    if landscape:
        sheet.set_landscape()
    sheet.set_margins(**MARGINS)
    sheet.center_horizontally()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f'&C&"{FONT},Regular"&{TABLE} {footer}')
    if header:
        words = printable(header).replace("&", "&&")[:120]
        sheet.set_header(f'&R&"{FONT},Regular"&{SMALL} {words}')


def repeat(sheet: "Worksheet", first: int, last: int) -> None:
    """Print rows `first` to `last` (from 0) on every page, and keep what is above the next in sight."""
    sheet.repeat_rows(first, last)
    sheet.freeze_panes(last + 1, 0)


_OPEN = {"first": ("bottom",), "middle": ("top", "bottom"), "last": ("top",)}


def _open_ended(look: dict[str, Any], part: str) -> dict[str, Any]:
    if "border" not in look or not part:
        return look
    sides = {side: 1 for side in ("left", "right", "top", "bottom") if side not in _OPEN[part]}
    return {**{k: v for k, v in look.items() if k != "border"}, **sides}


class Book:
    """A workbook in memory, in the office's font, whose sheets and formats are asked for by name."""

    def __init__(
        self, title: str, *, created: datetime, author: str = "", footer: str = FOOTER
    ) -> None:
        from xlsxwriter import Workbook  # 2.5 MB, which only who makes one pays

        self.stream, self.footer = BytesIO(), footer
        self.book = Workbook(
            self.stream,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "default_row_height": 28,
                "default_format_properties": {
                    "font_name": FONT,
                    "font_size": TABLE,
                    "font_scheme": False,
                },
            },
        )
        self.book.set_properties(
            {
                "title": printable(title),
                "author": printable(author),
                "created": created.replace(tzinfo=None, microsecond=0),
            }
        )
        self._looks: dict[str, Format] = {}
        self._names: set[str] = set()

    def look(self, name: str) -> "Format":
        """The format of that name in `LOOKS`.

        For a text that takes several rows, "name.first", ".middle" and ".last" leave out the
        lines between the rows.
        """
        if name not in self._looks:
            look, _dot, part = name.partition(".")
            self._looks[name] = self.book.add_format(_open_ended(LOOKS[look], part))
        return self._looks[name]

    def add(self, title: str, *, landscape: bool = False, header: str = "") -> "Worksheet":
        """A new sheet, named after its title, set up for print."""
        name = sheet_name(title, self._names)
        self._names.add(name.casefold())
        sheet = self.book.add_worksheet(name)
        set_up(sheet, landscape=landscape, header=header, footer=self.footer)
        return sheet

    def finished(self) -> bytes:
        """The file; nothing can be written afterwards."""
        self.book.close()
        return self.stream.getvalue()
