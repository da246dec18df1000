"""The Rungs page: ladders to choose from, their rules in words, and a draft tried on the data before it is used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from ladder import flows
from ladder.errors import LadderError
from ladder.model.ladder import Ladder, ladder_from_toml, ladder_name, preset, preset_ids
from ladder.pictures.wording import count, share
from ladder.placement import Placed
from ladder.rules import MEASURES, check_ladder, in_words
from ladder.ui.cache import open_placed
from ladder.ui.page import View, draw_error, escape
from ladder.workspace import Folder
from ladder.workspace.ladders import ladder_toml


def offered(folder: Folder) -> dict[str, Ladder]:
    """Ladders by name: the one in use first, then presets, then every version saved here."""
    used = folder.ladder
    presets = {name: preset(name) for name in preset_ids()}
    saved = {ladder_name(ladder): ladder for ladder in folder.ladders()}
    others = {name: ladder for name, ladder in (presets | saved).items() if ladder != used}
    return {ladder_name(used): used} | others


def how_it_works(ladder: Ladder) -> str:
    """How a ladder decides, in a sentence or two."""
    ends = f"{ladder.period} end" if ladder.grace == 1 else f"{ladder.period} ends in a row"
    grace = f"A rule may fail at {ladder.grace} {ends} before the customer slips. " if ladder.grace else ""
    return (
        f"The highest rung whose rule holds wins. {grace}Everything is judged by what was known on the day."
    )


def titles(ladders: Mapping[str, Ladder], used: Ladder) -> dict[str, str]:
    """What the drop-down says for each ladder."""
    return {name: _title(ladder, ladder == used) for name, ladder in ladders.items()}


def _title(ladder: Ladder, in_use: bool) -> str:
    version = f", version {ladder.version}" if ladder.version > 1 else ""
    return f"{ladder.title}{version}{' — in use' if in_use else ''}"


def try_on(view: View, ladder: Ladder) -> Placed:
    """The workspace placed on a ladder that need not be the one in use."""
    check_ladder(ladder)
    with st.spinner("Trying the ladder on your customers …"):
        return open_placed(view.folder, ladder)


def draw_rules(placed: Placed) -> None:
    """The rungs, top first: how many stand there, how one gets there, how one stays."""
    counted = {row["rung"]: row for row in flows.rungs(placed).to_dict()}
    currency = placed.settings.currency
    rungs = list(zip(placed.ladder.rungs, check_ladder(placed.ladder), strict=True))
    for rung, (enter, keep) in reversed(rungs):
        stays = f"Stays with {in_words(keep, currency)}." if rung.keep else ""
        title = rung.label
        _rule_line(title, counted[rung.name], f"{_sentence(in_words(enter, currency))}.", stays)
    _rule_line("Lapsed", counted["lapsed"], "Known, but on no rung now. Anyone may come back.", "")


def _rule_line(title: str, counted: Mapping[str, Any], rule: str, stays: str) -> None:
    name, words = st.columns([3, 7], vertical_alignment="center", gap="small")
    standing = "not in your data"
    if counted["customers"] is not None:
        standing = f"{count(counted['customers'])} · {share(counted['share'])}"
    name.markdown(f"**{escape(title)}**  \n:gray[{escape(standing)}]")
    words.markdown(escape(rule) + (f"  \n:gray[{escape(stays)}]" if stays else ""))


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def draft_of(ladder: Ladder) -> Ladder | None:
    """The ladder as edited in the text box; None while it does not read, and then the reason stands below."""
    text = st.text_area(
        "The ladder as TOML, bottom rung first",
        ladder_toml(ladder),
        height=420,
        key=f"draft-{ladder.id}-{ladder.version}",
        help="enter puts a customer on a rung, keep (if given) lets them stay; the highest rung that holds wins.",
    )
    try:
        draft = ladder_from_toml(text, "you typed")
        check_ladder(draft)
    except LadderError as error:
        draw_error(error)
        return None
    return draft


def effect_table(used: Placed, draft: Placed) -> pd.DataFrame:
    """rung, in_use, draft, difference: customers per rung at the last period end, top rung first, lapsed last."""
    before = {row["rung"]: row["customers"] for row in flows.rungs(used).to_dict()}
    after = {row["rung"]: row["customers"] for row in flows.rungs(draft).to_dict()}
    names = [
        name for name in dict.fromkeys([*reversed(list(after)), *reversed(list(before))]) if name != "lapsed"
    ]
    titles = {rung.name: rung.title for placed in (used, draft) for rung in placed.ladder.rungs}
    rows = [
        {"rung": titles.get(name) or name.capitalize(), "in_use": before.get(name), "draft": after.get(name)}
        for name in [*names, "lapsed"]
    ]
    frame = pd.DataFrame(rows).astype({"in_use": "Int64", "draft": "Int64"})
    frame["difference"] = frame["draft"] - frame["in_use"]
    return frame


def use(folder: Folder, ladder: Ladder) -> None:
    """Put a ladder in use; every page shows it from the next run on."""
    saved = folder.save_ladder(ladder)
    st.toast(f"In use: {escape(saved.title)}, version {saved.version}.")


def version_table(folder: Folder) -> pd.DataFrame:
    """Every ladder that was ever used here: ladder, version, rungs."""
    rows = [
        {
            "ladder": ladder.title,
            "version": ladder.version,
            "rungs": ", ".join(ladder.names),
            "grace": ladder.grace,
        }
        for ladder in folder.ladders()
    ]
    return pd.DataFrame(rows, columns=["ladder", "version", "rungs", "grace"])


def measure_table() -> pd.DataFrame:
    """What a rule may use: measure, what it counts."""
    return pd.DataFrame(
        [{"measure": measure.signature, "means": measure.about} for measure in MEASURES.values()]
    )
