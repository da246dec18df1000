"""Forms about a workspace as a whole: making one, and changing its settings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from zoneinfo import available_timezones

import streamlit as st

from ladder.errors import LadderError
from ladder.settings import load_settings
from ladder.ui.controls import shared_parameters
from ladder.ui.page import draw_error
from ladder.ui.places import page_file
from ladder.ui.workspaces import CDNOW, known_workspaces, visit, visit_cdnow
from ladder.workspace import Folder, WorkspaceSettings, minor_digits_of, new_workspace

CURRENCIES = (
    *("EUR", "USD", "GBP", "DKK", "SEK", "NOK", "CHF", "PLN", "CZK", "RUB", "UAH", "TRY", "JPY", "CNY", "INR"),
    *("AUD", "CAD", "NZD", "BRL", "MXN", "ZAR", "KRW", "SGD", "HKD", "AED", "KWD"),
)  # fmt: skip
_KEPT = "How long the files of undone imports, and of rejected rows, are kept."


def show_new_workspace() -> None:
    """Name, currency, time zone and margin of a new workspace; made, it is the one that is shown."""
    st.subheader("Your own workspace", anchor=False)
    st.caption(
        "Your data stay in a folder of this machine, apart from the sample. The time zone is fixed by the first "
        "import; the rest can be changed later."
    )
    with st.form("new-workspace", width=640):
        name = st.text_input("Name", placeholder="What you call your business", max_chars=60)
        with st.grid(2, min_column_width=240):
            currency = _ask_currency("EUR")
            timezone = _ask_timezone(st.context.timezone or "UTC")
            margin = _ask_margin(None)
        if st.form_submit_button("Make the workspace", type="primary"):
            try:
                made = new_workspace(load_settings().home, name, _settings(name, currency, timezone, margin))
            except LadderError as error:
                draw_error(error)
            else:
                visit(made, "data", part="bring")
    with st.container(horizontal=True, vertical_alignment="center"):
        if CDNOW not in known_workspaces() and st.button(
            "Or look at real purchases first (CDNOW)", type="tertiary"
        ):
            visit_cdnow()
        if st.button("Back", type="tertiary", icon=":material/arrow_back:"):
            st.switch_page(page_file("data"), query_params=shared_parameters())


def _settings(name: str, currency: str, timezone: str, margin: float | None) -> WorkspaceSettings:
    code = currency.strip().upper()
    digits = minor_digits_of(code)
    return WorkspaceSettings(
        name=name.strip(), currency=code, minor_digits=digits, timezone=timezone, margin=margin
    )


def show_settings(folder: Folder) -> None:
    """The settings that hold for every figure of this workspace."""
    known = folder.settings
    with st.form("settings", width=640):
        name = st.text_input("Name", known.name, max_chars=60)
        with st.grid(2, min_column_width=240):
            currency = _ask_currency(known.currency)
            timezone = _ask_timezone(known.timezone)
            margin = _ask_margin(known.margin)
            discount = st.number_input(
                "Discount, % a year",
                0.0,
                100.0,
                round(known.discount * 100, 2),
                0.5,
                format="%g",
                help="What money that comes later is worth less.",
            )
            horizon = _ask_whole(
                "Horizon, months", 60, known.horizon_months, "How far value per customer looks ahead."
            )
            retention = _ask_whole("Keep files, days", 3650, known.retention_days, _KEPT)
            as_of = st.date_input(
                "Figures to", known.as_of, format="YYYY-MM-DD",
                help="No figure looks past this day. Empty: the day of the latest event.",
            )  # fmt: skip
        if st.form_submit_button("Save", type="primary"):
            changes = {
                "name": name.strip(), "timezone": timezone, "as_of": as_of if isinstance(as_of, date) else None,
                "margin": margin, "discount": discount / 100, "horizon_months": horizon,
                "retention_days": retention,
            }  # fmt: skip
            _save(folder, currency.strip().upper(), changes)
    st.caption(
        "The time zone cannot be changed while there are imports, because their times are stored in it. Another "
        "currency is another name for the same figures: nothing is converted."
    )


def _save(folder: Folder, currency: str, changes: Mapping[str, object]) -> None:
    try:
        _check_name(str(changes["name"]))
        folder.change_settings(currency=currency, **changes)
    except LadderError as error:
        draw_error(error)
    else:
        st.toast("Saved: every figure follows.", icon=":material/check:")
        st.rerun()


def _check_name(name: str) -> None:
    if not name:
        raise LadderError(
            "The workspace needs a name", "The name is empty.", "Type what you call your business."
        )


def _ask_currency(known: str) -> str:
    codes = list(dict.fromkeys((known, *CURRENCIES)))
    return st.selectbox(
        "Currency",
        codes,
        help="One for all amounts; type another three-letter code.",
        accept_new_options=True,
    )


def _ask_timezone(known: str) -> str:
    zones = sorted({known, *available_timezones()})
    return st.selectbox(
        "Time zone", zones, zones.index(known), help="Days and months begin at midnight in this zone."
    )


def _ask_whole(label: str, most: int, known: int, about: str) -> int:
    return int(st.number_input(label, 1, most, known, 1, help=about))


def _ask_margin(known: float | None) -> float | None:
    told = st.number_input(
        "Margin, % of revenue", 0.0, 100.0, None if known is None else round(known * 100, 2), 1.0,
        format="%g", placeholder="Not told yet",
        help="What is left of a sale after the costs that come with it. Without it no value is shown.",
    )  # fmt: skip
    return None if told is None else told / 100
