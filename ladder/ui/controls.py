"""Controls whose value lives in the address bar: copy it, reload it, press Back, and the view is the same.

Streamlit's own binding loses its parameters on navigation and leaves half-way entries in the browser's history,
so here the query string is the one source: a control reads it on every run and writes it when it is changed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import streamlit as st

Value = TypeVar("Value")
SHARED = ("workspace", "as_of", "compare")


def shared_parameters() -> dict[str, str]:
    """What a link to another page carries along."""
    return {name: st.query_params[name] for name in SHARED if name in st.query_params}


def choose(label: str, name: str, options: Mapping[str, str], default: str, **widget: Any) -> str:
    """A drop-down. `options` maps the word in the address to the words on the screen."""
    value = _load(name, lambda text: text if text in options else default, default)
    st.selectbox(
        label, list(options), key=name, format_func=lambda key: options.get(key, key), on_change=_store,
        args=(name, default), **widget,
    )  # fmt: skip
    return value


def segments(label: str, name: str, options: Mapping[str, str], default: str, **widget: Any) -> str:
    """Two to five options side by side."""
    value = _load(name, lambda text: text if text in options else default, default)
    st.segmented_control(
        label, list(options), key=name, format_func=lambda key: options.get(key, key), required=True,
        on_change=_store, args=(name, default), label_visibility="collapsed", **widget,
    )  # fmt: skip
    return value


def switch(label: str, name: str, default: bool = False, **widget: Any) -> bool:
    """On or off."""
    value = _load(name, lambda text: text == "yes", default)
    st.toggle(label, key=name, on_change=_store, args=(name, default), **widget)
    return value


def slide(
    label: str, name: str, low: float, high: float, default: float, step: float, **widget: Any
) -> float:
    """A slider over numbers."""
    value = _load(name, _number(low, high, default), default)
    st.slider(label, low, high, key=name, step=step, on_change=_store, args=(name, default), **widget)
    return value


def enter(
    label: str, name: str, low: float, high: float, default: float, step: float, **widget: Any
) -> float:
    """A number typed in."""
    value = _load(name, _number(low, high, default), default)
    st.number_input(label, low, high, key=name, step=step, on_change=_store, args=(name, default), **widget)
    return value


def whole(label: str, name: str, low: int, high: int, default: int, **widget: Any) -> int:
    """A whole number on a slider."""
    value = _load(name, lambda text: int(_number(low, high, default)(text)), default)
    st.slider(label, low, high, key=name, step=1, on_change=_store, args=(name, default), **widget)
    return value


def search(label: str, name: str, **widget: Any) -> str:
    """Text to look for."""
    value = _load(name, str, "")
    st.text_input(label, key=name, on_change=_store, args=(name, ""), **widget)
    return value


def picked(name: str = "pick") -> Sequence[str]:
    """What was clicked on a picture or in a table, as the parts of the address parameter; empty when nothing is."""
    text = st.query_params.get(name, "")
    return tuple(text.split("~")) if text else ()


def pick(*parts: str, name: str = "pick") -> None:
    """Remember a click in the address; without parts, forget it."""
    if parts:
        st.query_params[name] = "~".join(part.replace("~", "") for part in parts)
    else:
        st.query_params.pop(name, None)


def _load(name: str, read: Callable[[str], Value], default: Value) -> Value:
    text = st.query_params.get(name)
    value = default if text is None else read(text)
    if st.session_state.get(name) != value:
        # Assigning on every run would reset a slider under the hand that moves it.
        st.session_state[name] = value
    return value


def _store(name: str, default: Any) -> None:
    value = st.session_state[name]
    if value is None or value == default:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = ("yes" if value else "no") if isinstance(value, bool) else f"{value}"


def _number(low: float, high: float, default: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        try:
            number = float(text)
        except ValueError:
            return default
        return min(max(number, low), high) if math.isfinite(number) else default

    return read
