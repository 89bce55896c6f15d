"""A map of places without any outline or tile: each stands where it lies, as large as what it counts.

Places are drawn as a plane, north up, a degree of longitude shortened by the latitude; over a
province that is as good as any projection.
"""

from collections.abc import Mapping
from math import cos, pi, radians
from typing import Any

from reports.base import Map, Spot

WIDTH, MARGIN = 720, 56
"""In pixels: the whole picture, and the room that is kept around the outermost places."""
LOWEST, HIGHEST = 260, 640
"""In pixels: how high a picture may be."""
SMALLEST, LARGEST = 130, 2600
"""In square pixels: the circle of a place with nothing, and that of the one with most."""
LEAST = 0.1
"""Degrees that a map spans at least, however close its places lie."""


def height(chart: Map) -> int:
    """The height of the picture in pixels: that of the land at the picture's width, within reason."""
    west, east, south, north = _bounds(chart)
    across = (east - west) * cos(radians((south + north) / 2))
    high = (WIDTH - 2 * MARGIN) * (north - south) / across + 2 * MARGIN
    return round(min(max(high, LOWEST), HIGHEST))


def _bounds(chart: Map) -> tuple[float, float, float, float]:
    """West, east, south, north."""
    x, y = [one.longitude for one in chart.spots], [one.latitude for one in chart.spots]
    return *_wide(min(x), max(x)), *_wide(min(y), max(y))


def _wide(least: float, most: float) -> tuple[float, float]:
    room = max(LEAST - (most - least), 0) / 2
    return least - room, most + room


def spec(chart: Map, colours: Mapping[str, str], look: dict[str, Any]) -> dict[str, Any]:
    """The drawing in Vega-Lite: circles, their numbers inside, the names and what is late below."""
    west, east, south, north = _domain(chart)
    axis = {"axis": None, "scale": {"domain": [west, east], "nice": False, "zero": False}}
    upright = {"axis": None, "scale": {"domain": [south, north], "nice": False, "zero": False}}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": WIDTH, "height": height(chart), "autosize": {"type": "fit", "contains": "padding"},
        "data": {"values": _values(chart, colours)},
        "encoding": {
            "x": {"field": "x", "type": "quantitative", **axis},
            "y": {"field": "y", "type": "quantitative", **upright},
        },
        "layer": [
            _circles(), _numbers(colours), _below("name", "below", colours["ink"]),
            _below("late", "further", colours["bad"]),
        ],
        "config": look | {"view": {"fill": colours["mute-soft"], "stroke": colours["line"], "cornerRadius": 8}},
    }  # fmt: skip


def _domain(chart: Map) -> tuple[float, float, float, float]:
    """The degrees that the picture shows: one scale both ways, the places in the middle."""
    west, east, south, north = _bounds(chart)
    flat = cos(radians((south + north) / 2))
    across, up = WIDTH - 2 * MARGIN, height(chart) - 2 * MARGIN
    degree = max((east - west) * flat / across, (north - south) / up)
    x, y = degree * WIDTH / 2 / flat, degree * height(chart) / 2
    middle = (west + east) / 2, (south + north) / 2
    return middle[0] - x, middle[0] + x, middle[1] - y, middle[1] + y


def _values(chart: Map, colours: Mapping[str, str]) -> list[dict[str, Any]]:
    most = max(one.value for one in chart.spots) or 1
    return [_value(one, most, colours) for one in chart.ranked]


def _value(one: Spot, most: int, colours: Mapping[str, str]) -> dict[str, Any]:
    size = SMALLEST + (LARGEST - SMALLEST) * one.value / most
    below = (size / pi) ** 0.5 + 12
    return {
        "x": one.longitude, "y": one.latitude, "size": size, "name": one.name,
        "number": f"{one.value:,}" if one.value else "",
        "late": f"! {one.late:,}" if one.late else "",
        "fill": colours["brand" if one.value else "paper"],
        "rim": colours["bad-line" if one.late else "brand" if one.value else "line-2"],
        "below": below, "further": below + 19,
    }  # fmt: skip


def _circles() -> dict[str, Any]:
    return {
        "mark": {"type": "circle", "opacity": 1, "strokeWidth": 3},
        "encoding": {
            "size": {"field": "size", "type": "quantitative", "scale": None, "legend": None},
            "color": {"field": "fill", "type": "nominal", "scale": None},
            "stroke": {"field": "rim", "type": "nominal", "scale": None},
        },
    }


def _numbers(colours: Mapping[str, str]) -> dict[str, Any]:
    mark = {"type": "text", "baseline": "middle", "fontSize": 15, "fontWeight": 600}
    return {
        "mark": {**mark, "color": colours["paper"]},
        "encoding": {"text": {"field": "number"}},
    }


def _below(field: str, at: str, ink: str) -> dict[str, Any]:
    mark = {"type": "text", "baseline": "middle", "fontSize": 14, "color": ink}
    return {
        "mark": {**mark, "dy": {"expr": f"datum.{at}"}},
        "encoding": {"text": {"field": field}},
    }
