"""Where the pages are. Streamlit reads relative paths from the shell's folder, so links name them in full."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def page_file(name: str) -> Path:
    """The file of a page, such as `customers`, for `st.page_link` and `st.switch_page`."""
    return ROOT / "pages" / f"{name}.py"
