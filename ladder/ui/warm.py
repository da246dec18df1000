"""Work done once before the first visitor: the imports of every page, and the answers of the first one."""

from __future__ import annotations

import ladder.pictures.ladder_picture
import ladder.pictures.sankey_picture  # noqa: F401
from ladder import flows
from ladder.settings import load_settings
from ladder.ui.cache import open_placed
from ladder.ui.page import View
from ladder.ui.valuing import home_values
from ladder.workspace import Folder


def first_page() -> None:
    """Place the workspace and ask what the home page asks; nothing when there are no data yet.

    The values are only started: they take longer than a start may take.
    """
    folder = Folder(load_settings().workspace)
    if not folder.imports():
        return
    placed = open_placed(folder)
    compare = placed.periods[-2] if len(placed.periods) > 1 else None
    view = View(folder, placed, placed.last, compare)
    view.ask(flows.overview, view.as_of, view.compare, {})
    view.ask(flows.kpis)
    home_values(view)
