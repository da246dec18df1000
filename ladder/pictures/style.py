"""What every SVG of ours carries with it: the root element and its style sheet, so that it stands alone."""

from __future__ import annotations

from functools import lru_cache

from ladder.pictures.palette import FONT_FAMILY, css_variables
from ladder.pictures.svg import Element, element

_SHARED = """
.rungwise{background:var(--rw-background);print-color-adjust:exact;-webkit-print-color-adjust:exact}
.rungwise text{font-family:%(font)s;font-size:14px;fill:var(--rw-text);font-variant-numeric:tabular-nums}
.rungwise .heading{font-size:18px;font-weight:600}
.rungwise .title{font-size:16px;font-weight:600}
.rungwise .figure{font-size:18px;font-weight:600}
.rungwise .cell{font-size:15px}
.rungwise .small{font-size:13px}
.rungwise .rate{font-weight:600}
.rungwise .end{text-anchor:end}
.rungwise .centre{text-anchor:middle}
.rungwise .muted{fill:var(--rw-muted)}
.rungwise .climbed{fill:var(--rw-climbed)}
.rungwise .slipped{fill:var(--rw-slipped)}
.rungwise .stayed{fill:var(--rw-stayed)}
.rungwise .joined{fill:var(--rw-joined)}
.rungwise .returned{fill:var(--rw-returned)}
.rungwise .lapsed{fill:var(--rw-lapsed)}
.rungwise .rail{fill:var(--rw-rail)}
.rungwise .step{fill:var(--rw-surface);stroke:var(--rw-grid)}
.rungwise .missing{fill:none;stroke:var(--rw-rail);stroke-dasharray:4 4}
.rungwise .pool{fill:var(--rw-surface);stroke:var(--rw-rail);stroke-width:2}
.rungwise .arrow{stroke:var(--rw-background);stroke-width:2;paint-order:stroke}
.rungwise .hit{fill:transparent}
.rungwise .mark{cursor:pointer;outline:none}
.rungwise .mark:hover>.hit{fill:var(--rw-text);fill-opacity:.05}
.rungwise .mark:focus-visible>.hit{stroke:var(--rw-focus);stroke-width:2}
.rungwise .band{fill-opacity:.62;stroke:transparent;stroke-width:6}
.rungwise .bands:hover .band{fill-opacity:.18}
.rungwise .bands .mark:hover>.band,.rungwise .bands .mark:focus-visible>.band{fill-opacity:.9}
.rungwise .bands .mark:focus-visible>.band{stroke:var(--rw-focus);stroke-width:2}
.rungwise .other{fill:var(--rw-muted)}
.rungwise .band.stayed{fill-opacity:.3}
.rungwise .lane-title{font-weight:600}
.rungwise .lane{stroke:var(--rw-grid)}
.rungwise .halo{stroke:var(--rw-background);stroke-width:3;paint-order:stroke;stroke-linejoin:round}
.rungwise .halo,.rungwise .lane-title{pointer-events:none}
"""


def root(
    *children: Element,
    rungs: int,
    box: tuple[float, float],
    size: tuple[float, float],
    label: str,
    **data: str | None,
) -> Element:
    """The `<svg>` of a picture: view box, natural size in px, its sentence, colours for `rungs` rungs."""
    return element(
        "svg",
        element("style", _style_sheet(rungs)),
        *children,
        xmlns="http://www.w3.org/2000/svg",
        class_=f"rungwise rungwise-{rungs}",
        viewBox=f"0 0 {box[0]:g} {box[1]:g}",
        width=float(size[0]),
        height=float(size[1]),
        role="group",
        aria_label=label,
        **data,
    )


@lru_cache(maxsize=16)
def _style_sheet(rungs: int) -> str:
    shared = (_SHARED % {"font": FONT_FAMILY}).replace("\n", "")
    return css_variables(rungs, f".rungwise-{rungs}") + shared
