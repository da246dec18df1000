"""Pictures as pure functions from a result: SVG made in Python, Plotly figures for the rest, one palette."""
