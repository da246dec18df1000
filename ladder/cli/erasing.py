"""The command that erases a customer: every place first, then the deed."""

from __future__ import annotations

import sys
from argparse import Namespace

from ladder.cli.output import Questions, Reply, say, write
from ladder.door import Workspace
from ladder.workspace import Erasure


def erase(options: Namespace) -> Reply:
    """Show every place that holds the customer; erase them when that is confirmed."""
    workspace = Workspace(options.workspace)
    if not options.yes:
        found = workspace.erase(options.customer, options.also, preview=True)
        if options.preview:
            return Reply(found.to_dict(), found.frame, _told(found, "A preview: nothing was changed."))
        if not _confirmed(found, options):
            notes = _told(found, "Nothing was changed. Erase with --yes; it cannot be undone.")
            return Questions(found.to_dict(), found.frame, notes, ("confirm",))
    done = workspace.erase(options.customer, options.also)
    return Reply(done.to_dict(), done.frame, (*_told(done), done.certificate, f"SHA-256: {done.sha256}"))


def _confirmed(found: Erasure, options: Namespace) -> bool:
    """The id typed once more at the terminal; without a terminal, no."""
    if not (sys.stdin.isatty() and options.format == "table"):
        return False
    write(Reply(found.to_dict(), found.frame, _told(found)), "table")
    say("This cannot be undone. Type the id of the customer to erase:")
    return bool(sys.stdin.readline().strip() == options.customer)


def _told(found: Erasure, *notes: str) -> tuple[str, ...]:
    others = [
        f"{ident} has {why}: add --also {ident} if it is the same person." for ident, why in found.others
    ]
    return (*others, *notes)
