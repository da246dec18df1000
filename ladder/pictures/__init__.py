"""Pictures as pure functions from a result: SVG made in Python, Plotly figures for the rest, one palette."""

from ladder.pictures.ladder_picture import ladder_picture
from ladder.pictures.sankey_picture import sankey_picture
from ladder.pictures.svg import Picture

__all__ = ["Picture", "ladder_picture", "sankey_picture"]
