"""Charts: a report's bars as a picture (SVG) and in words.

The picture is a Vega-Lite drawing made on the server, in Sarabun, with the colours of the
screens. It carries no style and no script, so that it can stand inside a page, or come after it
by a request of its own: drawing takes many times as long as the figures. What it shows is also
said in words, and numbers stand on the bars: nothing is told by colour alone.
"""

import json
import re
from decimal import Decimal
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from math import ceil
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup, escape

from reports import maps
from reports.base import NOTHING, Bars, Chart, Curve, Line, Map

TOKENS = Path(__file__).parent.parent / "static" / "css" / "jangwat.css"
TONES = {
    "brand": ("brand", "paper"), "ok": ("ok", "paper"), "warn": ("warn-line", "ink"),
    "gold": ("gold-line", "ink"), "bad": ("bad-line", "paper"), "worst": ("bad", "paper"),
    "calm": ("info", "paper"), "mute": ("line-2", "ink"),
}  # fmt: skip
"""The colours of bars and of the numbers on them, by tokens of the style sheet; each pair has
a contrast of at least 4.5:1."""

WIDTH, STEP, NARROWEST = 720, 30, 22
"""In pixels: the whole picture, one bar with its gap, the smallest bar that holds its number."""
PLOT = 520
"""About the width that is left to the bars."""
MOST = 80
"""Bars in one picture; what is beyond stands in the table alone."""
SAID = 12
"""Bars told in words."""
TALL = 300
"""Pixels of height that lines are drawn in."""
AXIS, LEGEND, ENTRIES, COLUMNS = 46, 15, 18, 3
"""Pixels of height of the axis below, of a legend and of each of its rows; entries in a row."""
EDGE = 6
"""Of the pixels of `AXIS` those that stand above the first bar."""
PIECE = 26
"""Bars in one piece of a tall picture: with its heading one piece fits on a sheet of paper."""
KEPT = 32
"""Pictures that a process keeps, so that one asked for again is not drawn again; 2 MB at most."""
ID = "drawing"
"""What the root of a picture is called that comes by a request of its own."""
STEPS = [digit * 10**power for power in range(9) for digit in (1, 2, 5)]
"""Distances on the axis."""

_PARTS = re.compile(r' (?:role="graphics-[a-z]+"|aria-roledescription="[a-z ]+")')
"""What the drawing says of its parts to readers of the screen; the whole is said in words."""


@cache
def colours() -> dict[str, str]:
    """The colour tokens of the style sheet, by name."""
    found = re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-f]{3,6})", TOKENS.read_text(encoding="utf-8"))
    return dict(found)


@cache
def _font() -> str:
    """Make Sarabun known to the drawing, once; its name."""
    import vl_convert

    vl_convert.register_font_directory(str(files("fontpkg_sarabun") / "files"))
    return "Sarabun"


def shade(tone: str) -> str:
    """The colour of a tone's bars with six digits, as workbooks have it."""
    digits = colours()[TONES[tone][0]].lstrip("#")
    return f"#{digits if len(digits) == 6 else ''.join(digit * 2 for digit in digits)}"


def svg(chart: Chart, title: str) -> Markup:
    """The picture, to stand inside a page; for readers of the screen it is one image in words."""
    said = escape(f"{title}. {words(chart)}")
    return Markup(_picture(chart).replace("<svg ", f'<svg role="img" aria-label="{said}" ', 1))


def framed(chart: Chart, title: str, url: str) -> Markup:
    """The place of a picture that comes from `url`: as large as the picture, and said in words.

    A tall picture stands in pieces, each of which looks at its part of the same drawing.

    The picture becomes part of the page by reference, so that it has the page's typeface, which
    an image of its own would not.
    """
    said = f"{title}. {words(chart)}"
    return Markup("").join(
        _piece(url, top, foot, said if not top else "") for top, foot in pairwise(_cuts(chart))
    )


def _piece(url: str, top: int, foot: int, said: str) -> Markup:
    """The picture between two heights; the first piece says what the whole shows."""
    told = Markup('role="img" aria-label="{}"' if said else 'aria-hidden="true"').format(said)
    frame = '<svg {} width="{}" height="{}" viewBox="0 {} {} {}"><use href="{}#{}"/></svg>'
    return Markup(frame).format(told, WIDTH, foot - top, top, WIDTH, foot - top, url, ID)


def _cuts(chart: Chart) -> list[int]:
    """The heights at which a picture begins, may be cut between two bars, and ends.

    On a screen its pieces stand together; on paper none of them is cut.
    """
    whole = height(chart)
    if not isinstance(chart, Bars):
        return [0, whole]
    shown = min(len(chart.categories), MOST)
    end = whole - (AXIS - EDGE)
    return [0, *(end - STEP * (shown - n) for n in range(PIECE, shown, PIECE)), whole]


def drawing(chart: Chart) -> str:
    """The picture as a document of its own, for `framed`."""
    return _picture(chart).replace("<svg ", f'<svg id="{ID}" ', 1)


def height(chart: Chart) -> int:
    """The height of the whole picture in pixels, known before it is drawn."""
    if isinstance(chart, Curve):
        return TALL + AXIS + _legend(1)
    if isinstance(chart, Map):
        return maps.height(chart)
    return STEP * min(len(chart.categories), MOST) + AXIS + _legend(len(chart.series) - 1)


def _legend(entries: int) -> int:
    """The height of a legend; one that stands for a single series is left out."""
    return LEGEND + ENTRIES * ceil((entries + 1) / COLUMNS) if entries else 0


def _picture(chart: Chart) -> str:
    if isinstance(chart, Map):
        return _drawn(json.dumps(maps.spec(chart, colours(), _look())))
    return _drawn(json.dumps(lines_spec(chart) if isinstance(chart, Curve) else spec(chart)))


@lru_cache(maxsize=KEPT)
def _drawn(made: str) -> str:
    import vl_convert  # native and large: only who draws pays for it

    return _PARTS.sub("", vl_convert.vegalite_to_svg(made, allowed_base_urls=[]))


def words(chart: Chart) -> str:
    """What the picture shows: the numbers of the first categories, and how many more there are."""
    told = [_said_of(chart, n) for n in range(min(len(chart.categories), SAID))]
    more = len(chart.categories) - SAID
    if more > 0:
        told.append(_("%(n)s more in the table", n=more))
    return "; ".join(told)


def _said(bars: Bars, n: int) -> str:
    goal = f"/{_number(bars, bars.goal)}" if bars.goal else ""
    if len(bars.series) == 1:
        return f"{bars.categories[n]} {_number(bars, bars.series[0].values[n])}{goal}"
    parts = [f"{one.title} {_number(bars, one.values[n])}" for one in bars.series if one.values[n]]
    return f"{bars.categories[n]}: {', '.join(parts) or NOTHING}"


def _number(bars: Bars, value: int | Decimal) -> str:
    return f"{value:,.{bars.places}f}"


def _said_of(chart: Chart, n: int) -> str:
    if isinstance(chart, Map):
        return _said(chart.bars(), n)
    return _said_of_lines(chart, n) if isinstance(chart, Curve) else _said(chart, n)


def _said_of_lines(curve: Curve, n: int) -> str:
    parts = [f"{one.title} {one.values[n]:,}" for one in curve.lines if one.values[n] is not None]
    return f"{curve.categories[n]}: {', '.join(parts) or NOTHING}"


def lines_spec(curve: Curve) -> dict[str, Any]:
    """The drawing of lines in Vega-Lite: a point at each value, the last one with its number."""
    most = max([curve.most, *(v for one in curve.lines for v in one.values if v is not None)])
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": WIDTH, "height": height(curve),
        "autosize": {"type": "fit", "contains": "padding"},
        "data": {"values": [point for one in curve.lines for point in _points(curve, one)]},
        "encoding": {
            "x": {"field": "at", "type": "ordinal", "title": None,
                  "scale": {"domain": list(range(len(curve.categories)))},
                  "axis": {**_names(curve), "labelAngle": 0, "labelOverlap": True}},
            "y": {"field": "value", "type": "quantitative", "title": curve.axis,
                  "scale": {"domain": [0, float(most)]}, "axis": {"domain": False, "ticks": False}},
        },
        "layer": [*_strokes(curve), *_last_numbers()],
        "config": _look(),
    }  # fmt: skip


def _points(curve: Curve, line: Line) -> list[dict[str, Any]]:
    """The points of a line; the last known one carries its number, under the higher of the lines."""
    known = [n for n, value in enumerate(line.values) if value is not None]
    blank = dict.fromkeys(SIDES, "")
    points = [
        {"at": n, "value": _float(line.values[n]), "series": line.title, **blank} for n in known
    ]
    last = known[-1] if known else 0
    for point in points[-1:]:
        point[_side(curve, line, last)] = f"{line.values[last]:,}"
    return points


def _side(curve: Curve, line: Line, n: int) -> str:
    """Where a number stands by its point so that no other line runs through it."""
    higher = [
        other for other in curve.lines
        if other is not line and (other.values[n] or 0) >= (line.values[n] or 0)
    ]  # fmt: skip
    if not higher:
        return "above"
    return "left" if n == len(curve.categories) - 1 else "right"


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _strokes(curve: Curve) -> list[dict[str, Any]]:
    """One layer for the lines and one for their points; shape and dash tell them apart too."""
    titles = [one.title for one in curve.lines]
    shades = [colours()[TONES[one.tone][0]] for one in curve.lines]
    dashes = [[6, 4] if one.dashed else [1, 0] for one in curve.lines]
    legend = {"orient": "top", "title": None}
    colour = {"field": "series", "type": "nominal", "legend": legend,
              "scale": {"domain": titles, "range": shades}}  # fmt: skip
    dash = {"field": "series", "type": "nominal", "legend": legend,
            "scale": {"domain": titles, "range": dashes}}  # fmt: skip
    return [
        {"mark": {"type": "line", "strokeWidth": 3},
         "encoding": {"color": colour, "strokeDash": dash}},
        {"mark": {"type": "point", "filled": True, "size": 55}, "encoding": {"color": colour}},
    ]  # fmt: skip


SIDES: dict[str, dict[str, Any]] = {
    "above": {"dy": -13, "dx": 4},
    "right": {"align": "left", "dx": 8, "dy": 11},
    "left": {"align": "right", "dx": -8, "dy": 13},
}
"""How far from its point a number stands, in pixels."""


def _last_numbers() -> list[dict[str, Any]]:
    return [
        {"mark": {"type": "text", "fontSize": 15, "color": colours()["ink"], **shift},
         "encoding": {"text": {"field": side}}}
        for side, shift in SIDES.items()
    ]  # fmt: skip


def spec(bars: Bars) -> dict[str, Any]:
    """The drawing in Vega-Lite: stacked bars with their numbers, a line at the goal."""
    shown = min(len(bars.categories), MOST)
    most = max(bars.goal or 0, *(sum(_column(bars, n)) for n in range(shown)), 1)
    places = {"y": {"field": "at", "type": "ordinal", "axis": _names(bars), "title": None}}
    layers = [_blocks(bars, most), _numbers(bars)]
    if bars.goal:
        layers.append(_goal(bars.goal))
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": WIDTH, "height": height(bars),
        "autosize": {"type": "fit", "contains": "padding"},
        "data": {"values": [block for n in range(shown) for block in _row(bars, n, most)]},
        "encoding": places,
        "layer": layers,
        "config": _look(),
    }  # fmt: skip


def _column(bars: Bars, n: int) -> list[int | Decimal]:
    return [one.values[n] for one in bars.series]


def _row(bars: Bars, n: int, most: int | Decimal) -> list[dict[str, Any]]:
    """The blocks of one bar from left to right; a single series has its number at the end."""
    blocks, left = [], 0.0
    for one in bars.series:
        value = float(one.values[n])
        inside = value * PLOT >= float(most) * NARROWEST and len(bars.series) > 1
        blocks.append({
            "at": n, "series": one.title, "from": left, "to": left + value,
            "middle": left + value / 2 if inside else left + value, "ink": _ink(one.tone, inside),
            "number": _number(bars, one.values[n]) if inside or len(bars.series) == 1 else "",
        })  # fmt: skip
        left += value
    return blocks


def _ink(tone: str, inside: bool) -> str:
    return colours()[TONES[tone][1] if inside else "ink"]


def _names(bars: Bars | Curve) -> dict[str, Any]:
    """The axis of categories: drawn by number, so that two of one name stay two."""
    labels = json.dumps(list(bars.categories))
    return {"labelExpr": f"{labels}[datum.value]", "labelLimit": 220, "ticks": False,
            "domain": False, "labelPadding": 8}  # fmt: skip


def _blocks(bars: Bars, most: int | Decimal) -> dict[str, Any]:
    shades = [colours()[TONES[one.tone][0]] for one in bars.series]
    legend = {"orient": "top", "title": None, "columns": COLUMNS} if len(bars.series) > 1 else None
    titles = [one.title for one in bars.series]
    return {
        "mark": {"type": "bar", "stroke": colours()["paper"], "strokeWidth": 1, "cornerRadius": 2},
        "encoding": {
            "x": {"field": "from", "type": "quantitative", "title": bars.axis, "axis": _scale(bars, most)},
            "x2": {"field": "to"},
            "color": {"field": "series", "type": "nominal", "legend": legend,
                      "scale": {"domain": titles, "range": shades}},
        },
    }  # fmt: skip


def _scale(bars: Bars, most: int | Decimal) -> dict[str, Any]:
    values = ticks(ceil(most), whole_goal(bars))
    return {"values": values, "format": ",d", "domain": False, "ticks": False}


def whole_goal(bars: Bars) -> int | None:
    """The goal that the axis is divided by: of whole numbers only."""
    return int(bars.goal) if bars.goal and not bars.places else None


def ticks(most: int, goal: int | None = None) -> list[int]:
    """Whole numbers for the axis up to `most`, in about six steps; the goal is one of them."""
    step = max(1, goal // 6) if goal else next(step for step in STEPS if most <= step * 6)
    return list(range(0, most + 1, step))


def _numbers(bars: Bars) -> dict[str, Any]:
    beside = {"align": "left", "dx": 5} if len(bars.series) == 1 else {"align": "center"}
    return {
        "mark": {"type": "text", "baseline": "middle", "fontSize": 15, **beside},
        "encoding": {
            "x": {"field": "middle", "type": "quantitative"},
            "text": {"field": "number"},
            "color": {"field": "ink", "type": "nominal", "scale": None},
        },
    }


def _goal(goal: int | Decimal) -> dict[str, Any]:
    return {
        "data": {"values": [{"goal": float(goal)}]},
        "mark": {"type": "rule", "color": colours()["ink"], "strokeDash": [5, 4]},
        "encoding": {"x": {"field": "goal", "type": "quantitative"}, "y": None},
    }


def _look() -> dict[str, Any]:
    ink, soft = colours()["ink"], colours()["ink-2"]
    words = {"labelFont": _font(), "titleFont": _font(), "labelFontSize": 15, "titleFontSize": 14}
    return {
        "font": _font(), "background": None, "aria": False,
        "view": {"stroke": None},
        "axis": {**words, "labelColor": ink, "titleColor": soft, "titleFontWeight": 400,
                 "gridColor": colours()["line"]},
        "legend": {**words, "labelColor": ink, "symbolType": "square"},
        "bar": {"height": {"band": 0.72}},
    }  # fmt: skip
