"""Files for the demonstration's documents: scanned letters whose words can be searched, and a chart.

A scan is what a scanner with text recognition makes: the page as a picture, and its words beneath,
unseen. So the demonstration shows the preview inside the page and the search in whole texts.
"""

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from xml.sax.saxutils import escape as safe

WIDE, HIGH = 595, 842
"""A4 in points."""
SHARPNESS, QUALITY = 1.6, 55
TOP, LEFT, STEP, SIZE = 96, 72, 27, 15
"""Where the first line stands, how far the next, and how tall letters are; points."""
UNICODE = b"""/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /W def
/CMapType 2 def 1 begincodespacerange <0000> <FFFF> endcodespacerange
1 beginbfrange <0000> <FFFF> <0000> endbfrange endcmap end end"""
"""That a letter's number in the scan is its number in Unicode."""


def scan(lines: Sequence[str]) -> bytes:
    """A page with these lines as a PDF; an empty one leaves a space."""
    import vl_convert

    _font()
    drawing = _page("".join(_line(n, words) for n, words in enumerate(lines)))
    jpeg = vl_convert.svg_to_jpeg(drawing, scale=SHARPNESS, quality=QUALITY)
    # JPEG tells its own height and width in the frame that its marker begins.
    frame = re.split(rb"\xff[\xc0-\xc2]..\x08", jpeg, maxsplit=1, flags=re.DOTALL)[1]
    high, wide = int.from_bytes(frame[:2]), int.from_bytes(frame[2:4])
    content = b"q %d 0 0 %d 0 0 cm /I Do Q\nBT 3 Tr /F %d Tf\n" % (WIDE, HIGH, SIZE)
    content += b"".join(
        b"1 0 0 1 %d %d Tm <%b> Tj\n" % (LEFT, HIGH - TOP - n * STEP, _hex(words))
        for n, words in enumerate(lines)
    )
    return _pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents 4 0 R"
        b"/Resources<</XObject<</I 5 0 R>>/Font<</F 6 0 R>>>>>>" % (WIDE, HIGH),
        _stream(b"", content + b"ET"),
        _stream(
            b"/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceRGB"
            b"/BitsPerComponent 8/Filter/DCTDecode" % (wide, high),
            jpeg,
        ),
        b"<</Type/Font/Subtype/Type0/BaseFont/Sarabun/Encoding/Identity-H"
        b"/DescendantFonts[7 0 R]/ToUnicode 8 0 R>>",
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/Sarabun/DW 500"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>",
        _stream(b"", UNICODE),
    )


def chart(title: str, bars: Sequence[tuple[str, int]]) -> bytes:
    """Bars from 0 to 100 percent under a title, as a PNG."""
    import vl_convert

    _font()
    drawn = [f'<text x="40" y="48" font-size="22" font-weight="bold">{_drawn(title)}</text>']
    for n, (name, percent) in enumerate(bars):
        y = 84 + 46 * n
        drawn.append(
            f'<text x="40" y="{y + 21}" font-size="16">{_drawn(name)}</text>'
            f'<rect x="250" y="{y}" width="{percent * 3}" height="30" fill="#2f6f9f"/>'
            f'<text x="{258 + percent * 3}" y="{y + 21}" font-size="16">{percent}%</text>'
        )
    made: bytes = vl_convert.svg_to_png(_page("".join(drawn), 640, 110 + 46 * len(bars)))
    return made


@cache
def _font() -> None:
    import vl_convert

    vl_convert.register_font_directory(str(files("fontpkg_sarabun") / "files"))


def _page(drawn: str, wide: int = WIDE, high: int = HIGH) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}"'
        f' font-family="Sarabun"><rect width="100%" height="100%" fill="#fdfcf8"/>{drawn}</svg>'
    )


def _line(n: int, words: str) -> str:
    place = f'x="{LEFT}" y="{TOP + n * STEP}" font-size="{SIZE}"'
    return f"<text {place}>{_drawn(words)}</text>"


def _drawn(words: str) -> str:
    """Words for a drawing: sara am parted, for drawn whole it covers the letter after it."""
    return safe(_SARA_AM.sub("\u0e4d\\1\u0e32", words))


_SARA_AM = re.compile("([\u0e48-\u0e4b]?)\u0e33")


def _hex(words: str) -> bytes:
    return words.encode("utf-16-be").hex().encode()


def _stream(told: bytes, content: bytes) -> bytes:
    return b"<<%b/Length %d>>stream\n%b\nendstream" % (told, len(content), content)


def _pdf(*parts: bytes) -> bytes:
    """A file of these objects, numbered from 1; the first is the catalogue."""
    made, places = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(made))
        made += b"%d 0 obj%b endobj\n" % (number, part)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(parts) + 1
    return made + (
        b"xref\n0 %d\n0000000000 65535 f \n%btrailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
        % (count, rows, count, len(made))
    )
