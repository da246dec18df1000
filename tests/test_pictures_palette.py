"""One palette: readable in light and dark, and for eyes that tell fewer colours apart."""

from itertools import combinations, pairwise

import numpy as np
import pytest

from ladder.pictures.palette import DARK, LIGHT, MOVEMENTS, Theme, css_variables, template

THEMES = {"light": LIGHT, "dark": DARK}

# Full-strength dichromacy in linear RGB: Machado, Oliveira and Fernandes 2009, table of severity 1.0.
DEFICIENCIES = {
    "none": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}


def linear(colour: str) -> np.ndarray:
    channels = np.array([int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def luminance(colour: str) -> float:
    return float(linear(colour) @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def oklab(rgb: np.ndarray) -> np.ndarray:
    to_cone = [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
    to_lab = [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
    return np.array(to_lab) @ np.cbrt(np.array(to_cone) @ np.clip(rgb, 0, 1))


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_text_and_movement_words_reach_the_contrast_of_text(theme: Theme) -> None:
    for tone in (theme.text, theme.muted, theme.climbed, theme.slipped):
        assert contrast(tone, theme.background) >= 4.5


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("count", range(1, 13))
def test_every_rung_and_movement_stands_out_from_the_background(theme: Theme, count: int) -> None:
    for colour in (*theme.rungs(count), *(theme.movement(direction) for direction in MOVEMENTS), theme.pool):
        assert contrast(colour, theme.background) >= 3


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("count", range(2, 13))
def test_each_rung_up_stands_out_more_than_the_one_below(theme: Theme, count: int) -> None:
    contrasts = [contrast(colour, theme.background) for colour in theme.rungs(count)]
    assert all(lower < upper for lower, upper in pairwise(contrasts))


@pytest.mark.parametrize("eye", DEFICIENCIES.values(), ids=DEFICIENCIES)
@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_climbed_slipped_and_stayed_are_told_apart_by_every_eye(theme: Theme, eye: np.ndarray) -> None:
    for one, other in combinations((theme.climbed, theme.slipped, theme.stayed), 2):
        assert np.linalg.norm(oklab(eye @ linear(one)) - oklab(eye @ linear(other))) > 0.1


def test_a_direction_that_does_not_exist_is_refused() -> None:
    with pytest.raises(KeyError):
        LIGHT.movement("background")


def test_css_holds_both_themes_and_lets_an_attribute_overrule_the_system() -> None:
    css = css_variables(3, ".here")
    assert css.startswith(f".here{{--rw-background:{LIGHT.background};")
    assert css.count("--rw-rung-3:") == 3
    assert "--rw-rung-4" not in css
    assert "@media screen and (prefers-color-scheme:dark){.here:not([data-theme=light]" in css
    assert "[data-theme=dark] .here,.here[data-theme=dark]{--rw-background:" + DARK.background in css


def test_the_plotly_template_takes_its_colours_from_the_same_theme() -> None:
    layout = template(DARK).layout
    assert layout.font.color == DARK.text
    assert layout.yaxis.gridcolor == DARK.grid
    assert layout.colorway[:3] == (DARK.climbed, DARK.slipped, DARK.stayed)
