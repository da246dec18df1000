"""A shared link as a value: what it shows, until when, and whether it still answers."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

BLOCKS = ("ladder", "kpis", "sankey", "flows", "revenue", "clv")


@dataclass(frozen=True)
class Link:
    """One link. `id` is the short name people use for it and says nothing about the token.

    `created`, `expires` and `revoked` are UTC; `hidden` is the number of small groups left out; `views` is a
    best-effort count. `compare` is None when the data hold a single period end. `ladder` names the version that made
    the figures, such as `mine@2`; empty in links made before it was kept.
    """

    id: str
    title: str
    as_of: date
    compare: date | None
    blocks: tuple[str, ...]
    k: int
    hidden: int
    created: datetime
    expires: datetime
    revoked: datetime | None = None
    ladder: str = ""
    views: int = 0

    def answers(self, now: datetime) -> bool:
        """True while the link is neither expired nor revoked."""
        return self.revoked is None and now < self.expires

    def status(self, now: datetime) -> str:
        """`open`, `expired` or `revoked`."""
        if self.revoked is not None:
            return "revoked"
        return "open" if now < self.expires else "expired"

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready plain data; `link_from_dict` reads it back."""
        data = {**asdict(self), "blocks": list(self.blocks)}
        return {key: value.isoformat() if isinstance(value, date) else value for key, value in data.items()}


def link_from_dict(data: dict[str, Any]) -> Link:
    """Read a link from plain data; raises KeyError, TypeError or ValueError on anything else."""
    return Link(
        id=str(data["id"]),
        title=str(data["title"]),
        as_of=date.fromisoformat(data["as_of"]),
        compare=date.fromisoformat(data["compare"]) if data["compare"] else None,
        blocks=tuple(data["blocks"]),
        k=int(data["k"]),
        hidden=int(data["hidden"]),
        created=datetime.fromisoformat(data["created"]),
        expires=datetime.fromisoformat(data["expires"]),
        revoked=datetime.fromisoformat(data["revoked"]) if data["revoked"] else None,
        ladder=str(data.get("ladder", "")),
        views=int(data["views"]),
    )
