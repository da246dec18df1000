"""Erased customers are remembered by a keyed hash of their id alone, so that no later file brings them back."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ladder.errors import LadderError
from ladder.workspace.atomic import write_atomic

KEY = "erasure.key"
_BLOCK = 64

# HMAC-SHA-256 (RFC 2104) in SQL, for the parameters of `Tombstones`; `:id` is the column to look up.
ERASED_ID = """
sha256($tomb_outer || unhex(sha256($tomb_inner || encode(case when contains(:id, '@') then lower(:id) else :id end))))
in (select unnest($tomb_erased))
"""


@dataclass(frozen=True)
class Tombstones:
    """The erased ids of a workspace; false when there are none.

    Ids count exactly, but for capitals in those with an @: those are e-mail addresses.
    """

    key: bytes
    erased: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.erased)

    def digest(self, ident: str) -> str:
        """The keyed hash of an id: the only trace that an erased customer leaves."""
        text = ident.lower() if "@" in ident else ident
        return hmac.digest(self.key, text.encode("utf-8"), "sha256").hex()

    def among(self, ids: Iterable[str]) -> list[str]:
        """Those of the ids that were erased."""
        return [ident for ident in ids if self.digest(ident) in self.erased]

    @property
    def parameters(self) -> dict[str, Any]:
        """What `ERASED_ID` has to be bound to."""
        padded = self.key.ljust(_BLOCK, b"\0")
        return {
            "tomb_inner": bytes(byte ^ 0x36 for byte in padded),
            "tomb_outer": bytes(byte ^ 0x5C for byte in padded),
            "tomb_erased": sorted(self.erased),
        }


def read_tombstones(root: Path, erased: Iterable[str]) -> Tombstones:
    """The erased ids with the workspace's key; without the key nobody could tell whom a file brings back."""
    known = frozenset(erased)
    if not known:
        return Tombstones(b"", known)
    return Tombstones(read_key(root), known)


def read_key(root: Path) -> bytes:
    """The key of the workspace's erasures. LadderError when it is not there."""
    try:
        return bytes.fromhex((root / KEY).read_text("ascii"))
    except (OSError, ValueError) as error:
        raise LadderError(
            "The key of the erasures is missing",
            f"Customers were erased here, and without {KEY} nobody can tell whether a file brings them back.",
            f"Put {KEY} back from a backup of the workspace.",
        ) from error


def make_key(root: Path) -> None:
    """A random key of the workspace's own, for its owner's eyes only; one that is there stays."""
    if not (root / KEY).exists():
        write_atomic(root / KEY, secrets.token_hex(32).encode("ascii"))
