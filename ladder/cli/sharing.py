"""The commands for shared pages."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, datetime

from ladder.cli.output import Reply, listing, pairs
from ladder.door import Workspace
from ladder.errors import LadderError
from ladder.model.link import BLOCKS, Link


def link(options: Namespace) -> Reply:
    """create, list or revoke."""
    workspace = Workspace(options.workspace)
    if options.action == "list":
        return listing([_row(item) for item in workspace.links()])
    if options.action == "revoke":
        if not options.link:
            raise LadderError("Which link?", "`link revoke` needs the link's id.", "See `link list`.")
        return listing([_row(workspace.revoke(options.link))], "The link no longer answers.")
    return _create(workspace, options)


def _create(workspace: Workspace, options: Namespace) -> Reply:
    blocks = tuple(options.block) if options.block else _offered()
    clv = None
    if "clv" in blocks:
        rungs = workspace.clv(options.as_of).rungs
        clv = dict(zip(rungs["rung"], rungs["mean"].astype(float), strict=True))
    token, made = workspace.share(
        options.title,
        blocks=blocks,
        days=options.days,
        k=options.smallest_group,
        as_of=options.as_of,
        clv=clv,
    )
    document = {**_row(made), "path": f"/s/{token}"}
    return pairs(document, "The address is shown once; only its hash is kept.")


def _offered() -> tuple[str, ...]:
    """Everything but value, which needs a margin and a fit and is shared when asked for."""
    return tuple(block for block in BLOCKS if block != "clv")


def _row(item: Link) -> dict[str, object]:
    return {
        "id": item.id,
        "title": item.title,
        "as_of": item.as_of.isoformat(),
        "ladder": item.ladder,
        "status": item.status(datetime.now(UTC)),
        "expires": item.expires.isoformat(),
        "views": item.views,
        "hidden_groups": item.hidden,
    }
