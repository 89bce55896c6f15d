"""Official papers as Word documents: the type, margins and digits of the saraban regulation.

TH Sarabun New 16 points for Thai and Latin letters alike, A4 with 3 cm at the left, 2 cm at the
right and foot and 2.5 cm at the head, Thai digits throughout, pages numbered from the second on.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Length, Pt
from docx.table import Table
from docx.text.paragraph import Paragraph

from entities import dates, thai
from workbooks import styles

LEFT, CENTRE, RIGHT = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
SPREAD = WD_ALIGN_PARAGRAPH.THAI_JUSTIFY
"""How paragraphs stand; SPREAD is Word's distribution for Thai, which stretches between letters."""

WIDTH = 16.0
"""Centimetres between the margins."""
INDENT = 2.5
"""Centimetres by which the first line of a paragraph stands in."""
DOTS = "." * 48

WORD_2013 = "15"
"""The mode in which Word opens it: that of 2013 and later, without a remark in the title."""
PAGE_NUMBER = r"PAGE \* THAIARABIC"
_FONTS = ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs")
HALF_POINTS = str(2 * styles.BODY)
_KEPT = re.compile(r"[!-~]*[A-Za-z][!-~]*|[0-9]+")


def official(text: str) -> str:
    """The text with Thai digits, but for words with Latin letters: PM2.5, addresses, mail."""

    def written(word: re.Match[str]) -> str:
        return thai.to_thai_digits(word[0]) if word[0].isdigit() else word[0]

    return _KEPT.sub(written, styles.printable(text))


class Paper:
    """A document being written from the top."""

    def __init__(self, title: str, author: str) -> None:
        self.document = Document()
        self._set_type()
        self._set_page()
        told = self.document.core_properties
        now = dates.now().replace(tzinfo=None)
        told.title, told.author, told.comments, told.created, told.modified = (
            title,
            author,
            "",
            now,
            now,
        )
        told.last_modified_by, told.language = author, "th-TH"

    def _set_type(self) -> None:
        """One font for all letters, in the defaults, so that no theme has a say."""
        defaults = self.document.styles.element.find(qn("w:docDefaults"))
        for old in list(defaults):
            defaults.remove(old)
        defaults.append(
            _element(
                "w:rPrDefault",
                children=[
                    _element(
                        "w:rPr",
                        children=[
                            _element("w:rFonts", dict.fromkeys(_FONTS, styles.FONT)),
                            _element("w:sz", {"w:val": HALF_POINTS}),
                            _element("w:szCs", {"w:val": HALF_POINTS}),
                            _element("w:lang", {"w:val": "en-US", "w:bidi": "th-TH"}),
                        ],
                    )
                ],
            )
        )
        defaults.append(_element("w:pPrDefault"))
        for told in self.document.settings.element.iter(qn("w:compatSetting")):
            if told.get(qn("w:name")) == "compatibilityMode":
                told.set(qn("w:val"), WORD_2013)

    def _set_page(self) -> None:
        page = self.document.sections[0]
        page.page_width, page.page_height = Cm(21), Cm(29.7)
        page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = (
            Cm(2.5),
            Cm(2),
            Cm(3),
            Cm(2),
        )
        page.header_distance, page.footer_distance = Cm(1.25), Cm(1)
        page.different_first_page_header_footer = True
        margins = self.document.element.body.sectPr.find(qn("w:pgMar"))
        margins.addnext(_element("w:pgNumType", {"w:fmt": "thaiNumbers"}))
        line = page.header.paragraphs[0]
        line.alignment = CENTRE
        line.add_run("- ")
        line._p.append(_element("w:fldSimple", {"w:instr": PAGE_NUMBER}))
        line.add_run(" -")

    def say(
        self,
        text: str = "",
        *,
        bold: bool = False,
        align: Any = LEFT,
        left: float = 0,
        first: float = 0,
        before: float = 0,
        keep: bool = False,
        page: bool = False,
    ) -> Paragraph:
        """A paragraph; `left` and `first` (the first line's more) in cm, `before` in points.

        `keep` holds it on the page of what follows, `page` begins a new one.
        """
        line = self.document.add_paragraph()
        form = line.paragraph_format
        form.alignment, form.left_indent, form.first_line_indent = align, Cm(left), Cm(first)
        form.space_before, form.keep_with_next, form.page_break_before = Pt(before), keep, page
        _add(line, text, bold)
        return line

    def labelled(
        self,
        label: str,
        text: str,
        *,
        width: float,
        bold: bool = True,
        strong: bool = False,
        **shape: Any,
    ) -> Paragraph:
        """A label at the margin and its text beside it, `width` cm further in; `strong`: both bold."""
        line = self.say(left=width, first=-width, **shape)
        line.paragraph_format.tab_stops.add_tab_stop(Cm(width))
        _add(line, f"{label}\t", bold or strong)
        _add(line, text, strong)
        return line

    def item(self, number: str, text: str, *, left: float, width: float) -> Paragraph:
        """A numbered line: the number `left` cm in, the text `width` cm after it."""
        line = self.say(left=left + width, first=-width)
        line.paragraph_format.tab_stops.add_tab_stop(Cm(left + width))
        _add(line, f"{number}\t{text}", False)
        return line

    def prose(self, text: str) -> None:
        """Running text: each of its lines a paragraph with its first line in."""
        for paragraph in text.split("\n"):
            if paragraph.strip():
                self.say(paragraph.strip(), align=SPREAD, first=INDENT)

    def table(
        self,
        rows: Sequence[Sequence[str]],
        widths: Sequence[float],
        *,
        ruled: bool = False,
        head: bool = False,
    ) -> Table:
        """Text in columns of so many cm; `ruled` with lines, `head` when the first row is repeated."""
        made: Table = self.document.add_table(rows=len(rows), cols=len(widths))
        made.autofit = False
        for column, width in zip(made.columns, widths, strict=True):
            column.width = Cm(width)
        if ruled:
            made.style = self.document.styles["Table Grid"]
        else:
            _to_the_margin(made)
        for n, (row, cells) in enumerate(zip(made.rows, rows, strict=True)):
            _whole(row._tr, repeated=head and n == 0)
            for cell, text, width in zip(row.cells, cells, widths, strict=True):
                _fill(cell, text, Cm(width), bold=head and n == 0)
        return made

    def finished(self) -> bytes:
        """The file."""
        stream = BytesIO()
        self.document.save(stream)
        return stream.getvalue()


def _element(name: str, told: Mapping[str, str] | None = None, children: Iterable[Any] = ()) -> Any:
    made = OxmlElement(name)
    for key, value in (told or {}).items():
        made.set(qn(key), value)
    for child in children:
        made.append(child)
    return made


def _add(line: Paragraph, text: str, bold: bool) -> None:
    if text:
        run = line.add_run(official(text))
        run.bold = run.font.cs_bold = bold or None


def _fill(cell: Any, text: str, width: Length, *, bold: bool) -> None:
    cell.width = width
    line = cell.paragraphs[0]
    line.alignment = CENTRE if bold else LEFT
    _add(line, text, bold)


def _to_the_margin(made: Table) -> None:
    """Begin the first column where text begins."""
    rim = [
        _element("w:left", {"w:w": "0", "w:type": "dxa"}),
        _element("w:right", {"w:w": "85", "w:type": "dxa"}),
    ]
    told = made._tbl.tblPr
    told.find(qn("w:tblLook")).addprevious(_element("w:tblCellMar", children=rim))


def _whole(row: Any, *, repeated: bool) -> None:
    """A row that no page break cuts, printed on each page where it is the head."""
    told = row.get_or_add_trPr()
    told.append(_element("w:cantSplit"))
    if repeated:
        told.append(_element("w:tblHeader"))
