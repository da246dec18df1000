"""A small SVG builder: everything that goes in is escaped, so a rung's title can never become markup."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from xml.sax.saxutils import escape, quoteattr

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*\Z")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Element:
    """One SVG element: attribute values and text children are kept raw and escaped in `render`."""

    tag: str
    attributes: tuple[tuple[str, str], ...]
    children: tuple[Element | str, ...]

    def render(self) -> str:
        head = self.tag + "".join(f" {name}={_quoted(value)}" for name, value in self.attributes)
        if not self.children:
            return f"<{head}/>"
        inner = "".join(
            child.render() if isinstance(child, Element) else escape(_clean(child)) for child in self.children
        )
        return f"<{head}>{inner}</{self.tag}>"


def element(tag: str, *children: Element | str, **attributes: str | float | None) -> Element:
    """An element. `stroke_width=2` becomes `stroke-width="2"`, `class_` `class`; None leaves one out."""
    named = tuple((_name(name), _value(value)) for name, value in attributes.items() if value is not None)
    return Element(_name(tag), named, children)


def text(x: float, y: float, content: str, classes: str) -> Element:
    """A line of text with its baseline at y."""
    return element("text", content, x=x, y=y, class_=classes)


@dataclass(frozen=True)
class Picture:
    """One picture in two layouts, for wide and for narrow places; shows itself in a notebook."""

    wide: str = field(repr=False)
    narrow: str = field(repr=False)

    @property
    def html(self) -> str:
        """Both layouts in a frame whose own width decides which one is rendered."""
        return (
            f"<style>{_FRAME_STYLE}</style>"
            f'<div class="rungwise-frame"><div class="rungwise-wide">{self.wide}</div>'
            f'<div class="rungwise-narrow">{self.narrow}</div></div>'
        )

    def _repr_svg_(self) -> str:
        return self.wide


_FRAME_STYLE = (
    ".rungwise-frame{container-type:inline-size;width:100%}"
    ".rungwise-frame svg{display:block;width:100%;height:auto}"
    ".rungwise-narrow{display:none}"
    "@container (max-width:640px){.rungwise-wide{display:none}.rungwise-narrow{display:block}}"
)


@lru_cache(maxsize=256)
def _name(word: str) -> str:
    name = word.rstrip("_").replace("_", "-")
    if not _NAME.match(name):
        raise ValueError(f"{name!r} is not a name of an SVG element or attribute")
    return name


def _value(value: str | float) -> str:
    if isinstance(value, str):
        return value
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def _quoted(value: str) -> str:
    return quoteattr(_clean(value))


def _clean(text: str) -> str:
    """Without the control characters that XML forbids even as entities."""
    return _NOT_XML.sub("", text)
