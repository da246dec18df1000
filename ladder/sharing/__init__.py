"""Shared links: freeze a view, hide small groups, prove it, serve one static page."""

from ladder.sharing.links import create_link, list_links, open_link, revoke_link
from ladder.sharing.route import share_route

__all__ = ["create_link", "list_links", "open_link", "revoke_link", "share_route"]
