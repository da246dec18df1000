"""Ladders as TOML: read back as written, and refused with the place and a way on."""

from __future__ import annotations

from pathlib import Path

import pytest

from ladder.errors import LadderError
from ladder.model.ladder import LAPSED_CODE, NOT_YET_CODE, ladder_from_toml, preset, preset_ids
from ladder.workspace import Folder
from ladder.workspace.ladders import ladder_toml
from tests.placing import ladder_of

RUNG = '[[rung]]\nname = "a"\nenter = "orders() >= 1"\n'


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ('id = "x"\ncolour = 1\n' + RUNG, "It has the unknown key “colour”", "Known: about"),
        ('id = "x"\ntitel = "X"\n' + RUNG, "It has the unknown key “titel”", "Did you mean title"),
        ('id = "x"\n' + RUNG + 'entr = "1"\n', "It has the unknown key “entr”", "Did you mean enter"),
        ('id = "x"\ngrace = "1"\n' + RUNG, "“grace” is '1'", "whole number"),
        ('id = "x"\ngrace = true\n' + RUNG, "“grace” is True", "whole number"),
        ('id = "x"\ngrace = 13\n' + RUNG, "Its grace is 13", "0 to 12"),
        ('id = "x"\nperiod = "months"\n' + RUNG, "Its period is “months”", "Did you mean month"),
        ('id = "x"\ntitle = 7\n' + RUNG, "“title” is 7", "text in quotes"),
        ('title = "x"\n' + RUNG, "It has no “id”", 'id = "…"'),
        ('id = "X y"\n' + RUNG, "Its id is not a short name", "lower-case"),
        ('id = "x"\n', "It has no [[rung]] blocks", "bottom first"),
        ('id = "x"\nrung = []\n', "It has 0 rungs", "Give it 1 to 12"),
        ('id = "x"\nrung = [1]\n', "It has no [[rung]] blocks", "bottom first"),
        ('id = "x"\n[[rung]]\nname = "a"\n', "It has no “enter”", 'enter = "…"'),
        ('id = "x"\n[[rung]]\nenter = "nps() > 1"\n', "It has no “name”", 'name = "…"'),
        ('id = "x"\n' + RUNG + RUNG, "Two rungs are named “a”", "its own name"),
        ('id = "x"\n' + RUNG.replace('"a"', '"lapsed"'), "A rung is named “lapsed”", "another name"),
        ('id = "x"\n' + RUNG * 13, "It has 13 rungs", "Give it 1 to 12"),
        ("id = ", "It is not valid TOML", "docs/ladders.md"),
    ],
)
def test_a_ladder_that_cannot_be_used_says_why(text: str, message: str, hint: str) -> None:
    with pytest.raises(LadderError) as told:
        ladder_from_toml(text, "my.toml")
    assert message in told.value.message
    assert hint in told.value.hint


def test_the_place_of_a_mistake_in_a_rung_is_its_number() -> None:
    with pytest.raises(LadderError, match=r"my\.toml, rung 2"):
        ladder_from_toml('id = "x"\n' + RUNG + '[[rung]]\nname = "b"\n', "my.toml")


@pytest.mark.parametrize("ident", preset_ids())
def test_a_ladder_survives_being_written(ident: str) -> None:
    assert ladder_from_toml(ladder_toml(preset(ident)), "again.toml") == preset(ident)


def test_codes_and_names_are_each_others_inverse() -> None:
    ladder = preset("classic")
    assert [ladder.code(name) for name in (*ladder.names, "lapsed")] == [1, 2, 3, 4, 5, LAPSED_CODE]
    assert [ladder.state(code) for code in (1, LAPSED_CODE, NOT_YET_CODE)] == [
        "prospect",
        "lapsed",
        "not yet known",
    ]


def test_an_unknown_rung_or_preset_names_the_nearest() -> None:
    with pytest.raises(LadderError, match="Did you mean advocate"):
        preset("classic").code("advocat")
    with pytest.raises(LadderError, match="Did you mean classic"):
        preset("clasic")


def test_other_rules_under_a_known_id_are_its_next_version(tmp_path: Path) -> None:
    first, other = ladder_of("orders() >= 1"), ladder_of("orders() >= 2")
    folder = Folder.create(tmp_path / "w")
    assert [folder.save_ladder(ladder).version for ladder in (first, other, first, other)] == [1, 2, 1, 2]
    assert [ladder.rungs[0].enter for ladder in folder.ladders()] == ["orders() >= 1", "orders() >= 2"]
