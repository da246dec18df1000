"""Home: where customers stand, and whether it gets better."""

from ladder.pictures.ladder_picture import ladder_picture
from ladder.ui.cache import ask
from ladder.ui.page import open_page
from ladder.ui.picture import show_picture

view = open_page("Where do our customers stand, and is it getting better?")
overview = ask(view.state, view.workspace.overview, as_of=view.as_of, compare=view.compare)
clicked = show_picture(ladder_picture(overview), "ladder")
