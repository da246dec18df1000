"""The one palette: rung ramp, movement colours and quiet tones, for light and for dark.

SVG pictures take it as CSS variables (`css_variables`), Plotly figures as values and a template.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any

import plotly.graph_objects as go

MOVEMENTS = ("climbed", "slipped", "stayed", "joined", "returned", "lapsed")
FONT_FAMILY = (
    '"Source Sans 3","Source Sans Pro",system-ui,-apple-system,"Segoe UI",Roboto,'
    '"Helvetica Neue",Arial,sans-serif'
)


@dataclass(frozen=True)
class Ramp:
    """A path through OKLCH from the bottom rung to the top: lightness, chroma and hue (degrees) of both ends."""

    lightness: tuple[float, float]
    chroma: tuple[float, float]
    hue: tuple[float, float]

    def colours(self, rungs: int) -> tuple[str, ...]:
        """Colours of `rungs` rungs from bottom to top; a single rung has the colour of the top."""
        steps = [index / (rungs - 1) for index in range(rungs)] if rungs > 1 else [1.0]
        return tuple(
            _oklch(*(low + (high - low) * step for low, high in (self.lightness, self.chroma, self.hue)))
            for step in steps
        )


@dataclass(frozen=True)
class Theme:
    """Every colour of a picture in one theme, as `#rrggbb`.

    Movement has three hues: blue upwards (climbed, returned, joined), orange downwards (slipped, lapsed),
    grey for stayed.
    """

    background: str
    surface: str
    text: str
    muted: str
    grid: str
    rail: str
    focus: str
    climbed: str
    slipped: str
    stayed: str
    joined: str
    returned: str
    lapsed: str
    pool: str
    ramp: Ramp

    def rungs(self, count: int) -> tuple[str, ...]:
        """Colours of the rungs from bottom to top."""
        return self.ramp.colours(count)

    def movement(self, direction: str) -> str:
        """The colour of one of `MOVEMENTS`."""
        if direction not in MOVEMENTS:
            raise KeyError(direction)
        return str(getattr(self, direction))

    def values(self, rungs: int) -> dict[str, str]:
        """Variable name without the `--rw-` prefix -> colour; `rung-1` is the bottom rung."""
        tones = {field.name: str(getattr(self, field.name)) for field in fields(self) if field.name != "ramp"}
        return tones | {f"rung-{number}": colour for number, colour in enumerate(self.rungs(rungs), 1)}


LIGHT = Theme(
    background="#ffffff",
    surface="#f3f5f6",
    text="#1b2126",
    muted="#5c6670",
    grid="#e2e6e9",
    rail="#c3cad0",
    focus="#1b2126",
    climbed="#1668b0",
    slipped="#b8530a",
    stayed="#8b949d",
    joined="#6199cb",
    returned="#3a80bf",
    lapsed="#8a4a1c",
    pool="#8b949d",
    ramp=Ramp(lightness=(0.655, 0.36), chroma=(0.115, 0.062), hue=(132.0, 200.0)),
)
DARK = Theme(
    background="#11161b",
    surface="#1a2127",
    text="#e7ebee",
    muted="#9ba7b1",
    grid="#2a333b",
    rail="#47535d",
    focus="#e7ebee",
    climbed="#63aeef",
    slipped="#f0954c",
    stayed="#78838d",
    joined="#3a6f9e",
    returned="#4d90c9",
    lapsed="#b46a35",
    pool="#66717b",
    ramp=Ramp(lightness=(0.53, 0.88), chroma=(0.095, 0.085), hue=(132.0, 190.0)),
)


def css_variables(rungs: int = 12, scope: str = ".rungwise") -> str:
    """CSS text that sets `--rw-*` on `scope`.

    Dark follows the reader's system; `data-theme="dark"` or `"light"` on the element or around it overrules
    the system. Print is always light.
    """
    light, dark = (_declarations(theme, rungs) for theme in (LIGHT, DARK))
    system = f"{scope}:not([data-theme=light],[data-theme=light] *)"
    chosen = f"[data-theme=dark] {scope},{scope}[data-theme=dark]"
    return (
        f"{scope}{{{light}}}"
        f"@media screen and (prefers-color-scheme:dark){{{system}{{{dark}}}}}"
        f"@media screen{{{chosen}{{{dark}}}}}"
    )


def template(theme: Theme = LIGHT) -> go.layout.Template:
    """The Plotly template of every figure: quiet grid, our font, room for labels, transparent paper."""
    axis = {
        "automargin": True,
        "gridcolor": theme.grid,
        "linecolor": theme.rail,
        "tickcolor": theme.rail,
        "zeroline": False,
        "title": {"font": {"size": 13, "color": theme.muted}, "standoff": 10},
        "tickfont": {"size": 13, "color": theme.muted},
    }
    layout: dict[str, Any] = {
        "font": {"family": FONT_FAMILY, "size": 14, "color": theme.text},
        "title": {"font": {"size": 16}, "x": 0, "xanchor": "left"},
        "margin": {"l": 8, "r": 8, "t": 40, "b": 8, "pad": 4},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "colorway": [theme.climbed, theme.slipped, theme.stayed, *theme.rungs(5)],
        "hoverlabel": {
            "bgcolor": theme.surface,
            "bordercolor": theme.rail,
            "font": {"color": theme.text, "size": 13},
        },
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "xanchor": "left", "yanchor": "bottom"},
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": theme.rail, "activecolor": theme.muted},
        "separators": ".,",
        "xaxis": axis,
        "yaxis": axis,
    }
    return go.layout.Template(layout=layout)


def _declarations(theme: Theme, rungs: int) -> str:
    return "".join(f"--rw-{name}:{colour};" for name, colour in theme.values(rungs).items())


def _oklch(lightness: float, chroma: float, hue: float) -> str:
    """`#rrggbb` of an OKLCH colour, clipped to sRGB (Ottosson 2020, bottosson.github.io/posts/oklab)."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    return "#" + "".join(f"{_gamma(channel):02x}" for channel in linear)


def _gamma(linear: float) -> int:
    clipped = min(max(linear, 0.0), 1.0)
    encoded = 12.92 * clipped if clipped <= 0.0031308 else 1.055 * clipped ** (1 / 2.4) - 0.055
    return round(255 * encoded)
