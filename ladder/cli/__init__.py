"""The command line: every page's twin, and the contract for automation."""

from ladder.cli.main import main

__all__ = ["main"]
