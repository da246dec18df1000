"""The customers behind the numbers: lists, cards, export."""

from ladder.people.export import to_csv
from ladder.people.members import People, moved, reached, standing

__all__ = ["People", "moved", "reached", "standing", "to_csv"]
