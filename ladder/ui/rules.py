"""The Rungs page: ladders to choose from, their rules in words, and a draft tried on the data before it is used."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from ladder import flows
from ladder.errors import LadderError
from ladder.model.ladder import Ladder, ladder_from_toml, ladder_name, preset, preset_ids
from ladder.pictures.wording import count, share
from ladder.placement import Placed
from ladder.rules import MEASURES, check_ladder, in_words
from ladder.ui.building import placed_or_stopped
from ladder.ui.controls import choose
from ladder.ui.formats import day
from ladder.ui.page import View, draw_error, escape
from ladder.ui.tables import table
from ladder.workspace import Folder
from ladder.workspace.ladders import ladder_toml

DRAFT = "draft"
_TEXTS, _DRAFTS = "rung-texts", "rung-drafts"


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


def try_on(view: View, ladder: Ladder) -> Placed | None:
    """The workspace placed on a ladder that need not be the one in use; None where the visitor has stopped it."""
    check_ladder(ladder)
    return placed_or_stopped(view.folder, "Trying the ladder on your customers …", ladder)


def show_rules(view: View) -> None:
    """A ladder in words with its counts, the editor with what a draft would change, measures, versions."""
    ladders = offered(view.folder)
    used = view.placed.ladder
    name = choose("Ladder", "ladder", titles(ladders, used), ladder_name(used), width=360)
    ladder = ladders[name]
    placed = try_on(view, ladder)
    if placed is None:
        return
    if ladder.about:
        st.markdown(escape(ladder.about))
    with st.container(border=True, gap="small", key="rules"):
        draw_rules(placed, view.as_of)
    st.caption(how_it_works(ladder))
    draw_warnings(placed)
    if ladder != used:
        with st.container(horizontal=True):
            st.button("Use this ladder", type="primary", on_click=use, args=(view.folder, ladder))
            st.button("See it beside the one in use", on_click=to_lab, args=(name,))
    with st.expander("Edit the rules", icon=":material/edit:"):
        _editor(view, ladder)
    with st.expander("What a rule may use", icon=":material/straighten:"):
        table(
            measure_table(),
            "Measures",
            {"measure": ("text", "Measure"), "means": ("text", "Counts or tells")},
        )
        st.caption("w is a window in days; without it the whole history counts.")
    with st.expander("Versions", icon=":material/history:"):
        table(
            version_table(view.folder),
            "Versions",
            {
                "ladder": "text",
                "version": "count",
                "rungs": "text",
                "grace": "count",
                "in_use": ("text", "In use"),
            },
        )


def _editor(view: View, ladder: Ladder) -> None:
    editor, effect = st.columns([3, 2], gap="large")
    with editor:
        draft = draft_of(view.folder, ladder)
    if draft is None:
        return
    with effect:
        st.markdown(f"**What would change** on {day(view.as_of)}")
        tried = try_on(view, draft)
        if tried is None:
            return
        table(
            effect_table(view.placed, tried, view.as_of),
            "Effect of the draft",
            {
                "rung": ("text", "Rung"),
                "in_use": ("count", "In use"),
                "draft": ("count", "Draft"),
                "difference": ("signed", "Difference"),
            },
        )
        draw_warnings(tried)
        same = draft == view.placed.ladder
        st.button(
            "Save and use the draft", type="primary", disabled=same, on_click=use, args=(view.folder, draft)
        )
        if drafted(view.folder):
            st.button("See it beside the one in use", key="draft-lab", on_click=to_lab, args=(DRAFT,))
        st.caption("Saving makes a new version; earlier versions are kept.")


def draw_warnings(placed: Placed) -> None:
    """What to know of a ladder on these data, such as rungs that nobody can reach."""
    for warning in placed.warnings:
        st.caption(f":material/info: {escape(warning)}")


def to_lab(name: str) -> None:
    """Open the lab with a ladder beside the one in use."""
    st.query_params["part"], st.query_params["against"] = "lab", name


def draw_rules(placed: Placed, as_of: date) -> None:
    """The rungs, top first: how many stand there, how one gets there, how one stays."""
    counted = {row["rung"]: row for row in flows.rungs(placed, as_of).to_dict()}
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


def draft_of(folder: Folder, ladder: Ladder) -> Ladder | None:
    """The ladder as edited in the text box; None while it does not read, and then the reason stands below.

    A draft that is no known ladder is remembered, under the version that it would get, as long as the visit lasts.
    """
    place, key = (str(folder.path), ladder_name(ladder)), f"draft-{ladder.id}-{ladder.version}"
    texts: dict[tuple[str, str], str] = st.session_state.setdefault(_TEXTS, {})
    if key not in st.session_state:
        # The box forgets its text as soon as another part of the page is looked at.
        st.session_state[key] = texts.get(place, ladder_toml(ladder))
    texts[place] = text = st.text_area(
        "The ladder as TOML, bottom rung first",
        height=420,
        key=key,
        help="enter puts a customer on a rung, keep (if given) lets them stay; the highest rung that holds wins.",
    )
    try:
        typed = ladder_from_toml(text, "you typed")
        check_ladder(typed)
    except LadderError as error:
        draw_error(error)
        return None
    draft = folder.version_of(typed)
    drafts: dict[str, Ladder] = st.session_state.setdefault(_DRAFTS, {})
    if draft in offered(folder).values():
        drafts.pop(str(folder.path), None)
    else:
        drafts[str(folder.path)] = draft
    return draft


def drafted(folder: Folder) -> Ladder | None:
    """What this visitor has changed in the editor and not saved."""
    draft: Ladder | None = st.session_state.get(_DRAFTS, {}).get(str(folder.path))
    return None if draft in offered(folder).values() else draft


def effect_table(used: Placed, draft: Placed, as_of: date) -> pd.DataFrame:
    """rung, in_use, draft, difference: customers per rung at a period end, top rung first, lapsed last."""
    before = {row["rung"]: row["customers"] for row in flows.rungs(used, as_of).to_dict()}
    after = {row["rung"]: row["customers"] for row in flows.rungs(draft, as_of).to_dict()}
    names = [
        name for name in dict.fromkeys([*reversed(list(after)), *reversed(list(before))]) if name != "lapsed"
    ]
    named = {rung.name: rung.title for placed in (used, draft) for rung in placed.ladder.rungs}
    rows = [
        {"rung": named.get(name) or name.capitalize(), "in_use": before.get(name), "draft": after.get(name)}
        for name in [*names, "lapsed"]
    ]
    frame = pd.DataFrame(rows).astype({"in_use": "Int64", "draft": "Int64"})
    frame["difference"] = frame["draft"] - frame["in_use"]
    return frame


def use(folder: Folder, ladder: Ladder) -> None:
    """Put a ladder in use; every page shows it from the next run on."""
    saved = folder.save_ladder(ladder)
    st.toast(f"In use: {escape(saved.title)}, version {saved.version}.")


def keep(folder: Folder, ladder: Ladder) -> None:
    """Save a ladder as a version without using it, and go on looking at it."""
    saved = folder.keep_ladder(ladder)
    st.query_params["against"] = ladder_name(saved)
    st.toast(f"Saved: {escape(saved.title)}, version {saved.version}.")


def version_table(folder: Folder) -> pd.DataFrame:
    """Every ladder that was ever saved here: ladder, version, rungs, grace, in_use."""
    rows = [
        {
            "ladder": ladder.title,
            "version": ladder.version,
            "rungs": ", ".join(ladder.names),
            "grace": ladder.grace,
            "in_use": "yes" if ladder == folder.ladder else "",
        }
        for ladder in folder.ladders()
    ]
    return pd.DataFrame(rows, columns=["ladder", "version", "rungs", "grace", "in_use"])


def measure_table() -> pd.DataFrame:
    """What a rule may use: measure, what it counts."""
    return pd.DataFrame(
        [{"measure": measure.signature, "means": measure.about} for measure in MEASURES.values()]
    )
