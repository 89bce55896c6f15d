"""Charts: a report's bars as a picture (SVG) and in words.

The picture is a Vega-Lite drawing made on the server, in Sarabun, with the colours of the
screens. It carries no style and no script, so that it can stand inside a page. What it shows
is also said in words, and numbers stand on the bars: nothing is told by colour alone.
"""

import json
import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup, escape

from reports.base import NOTHING, Bars

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


def svg(bars: Bars, title: str) -> Markup:
    """The picture, to stand inside a page; for readers of the screen it is one image in words."""
    import vl_convert  # native and large: only who draws pays for it

    drawn = vl_convert.vegalite_to_svg(json.dumps(spec(bars)), allowed_base_urls=[])
    drawn = _PARTS.sub("", drawn)
    said = escape(f"{title}. {words(bars)}")
    return Markup(drawn.replace("<svg ", f'<svg role="img" aria-label="{said}" ', 1))


def words(bars: Bars) -> str:
    """What the picture shows: the numbers of the first bars, and how many more there are."""
    told = [_said(bars, n) for n in range(min(len(bars.categories), SAID))]
    more = len(bars.categories) - SAID
    if more > 0:
        told.append(_("%(n)s more in the table", n=more))
    return "; ".join(told)


def _said(bars: Bars, n: int) -> str:
    goal = f"/{bars.goal}" if bars.goal else ""
    if len(bars.series) == 1:
        return f"{bars.categories[n]} {bars.series[0].values[n]:,}{goal}"
    parts = [f"{one.title} {one.values[n]:,}" for one in bars.series if one.values[n]]
    return f"{bars.categories[n]}: {', '.join(parts) or NOTHING}"


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
        "width": WIDTH, "height": STEP * shown,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "data": {"values": [block for n in range(shown) for block in _row(bars, n, most)]},
        "encoding": places,
        "layer": layers,
        "config": _look(),
    }  # fmt: skip


def _column(bars: Bars, n: int) -> list[int]:
    return [one.values[n] for one in bars.series]


def _row(bars: Bars, n: int, most: int) -> list[dict[str, Any]]:
    """The blocks of one bar from left to right; a single series has its number at the end."""
    blocks, left = [], 0
    for one in bars.series:
        value = one.values[n]
        inside = value * PLOT >= most * NARROWEST and len(bars.series) > 1
        blocks.append({
            "at": n, "series": one.title, "from": left, "to": left + value,
            "middle": left + value / 2 if inside else left + value, "ink": _ink(one.tone, inside),
            "number": f"{value:,}" if inside or len(bars.series) == 1 else "",
        })  # fmt: skip
        left += value
    return blocks


def _ink(tone: str, inside: bool) -> str:
    return colours()[TONES[tone][1] if inside else "ink"]


def _names(bars: Bars) -> dict[str, Any]:
    """The axis of categories: drawn by number, so that two of one name stay two."""
    labels = json.dumps(list(bars.categories))
    return {"labelExpr": f"{labels}[datum.value]", "labelLimit": 220, "ticks": False,
            "domain": False, "labelPadding": 8}  # fmt: skip


def _blocks(bars: Bars, most: int) -> dict[str, Any]:
    shades = [colours()[TONES[one.tone][0]] for one in bars.series]
    legend = {"orient": "top", "title": None, "columns": 3} if len(bars.series) > 1 else None
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


def _scale(bars: Bars, most: int) -> dict[str, Any]:
    return {"values": ticks(most, bars.goal), "format": ",d", "domain": False, "ticks": False}


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


def _goal(goal: int) -> dict[str, Any]:
    return {
        "data": {"values": [{"goal": goal}]},
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
