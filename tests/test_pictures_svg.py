"""Nothing that a person wrote can become markup."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladder.pictures.svg import Picture, element, text


@given(st.text())
def test_any_text_comes_back_as_it_was_written(words: str) -> None:
    parsed = ElementTree.fromstring(text(0, 0, words, words).render())  # noqa: S314
    allowed = "".join(letter for letter in words if is_xml(letter))
    assert len(parsed) == 0
    assert (parsed.text or "") == allowed.replace("\r\n", "\n").replace("\r", "\n")
    assert parsed.get("class") == allowed


def is_xml(letter: str) -> bool:
    code = ord(letter)
    return letter in "\t\n\r" or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000


def test_markup_in_text_and_attributes_is_escaped() -> None:
    drawn = element("title", "</title><script>", data_rung='"><script>').render()
    assert drawn == """<title data-rung='"&gt;&lt;script&gt;'>&lt;/title&gt;&lt;script&gt;</title>"""


def test_names_are_not_taken_from_anywhere() -> None:
    with pytest.raises(ValueError, match="is not a name"):
        element("g><script")
    with pytest.raises(ValueError, match="is not a name"):
        element("g", **{"x onload": "1"})


def test_numbers_are_short_and_none_leaves_the_attribute_out() -> None:
    assert element("rect", x=1.0, y=2.125, rx=3, class_=None).render() == '<rect x="1" y="2.12" rx="3"/>'


def test_a_picture_holds_both_layouts_and_shows_the_wide_one_in_a_notebook() -> None:
    picture = Picture("<svg>wide</svg>", "<svg>narrow</svg>")
    assert picture._repr_svg_() == "<svg>wide</svg>"
    assert picture.html.index("wide</svg>") < picture.html.index("narrow</svg>")
    assert "@container (max-width:640px)" in picture.html
