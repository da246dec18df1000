"""Erased customers are remembered by a keyed hash of their id alone, so that no later file brings them back."""

from __future__ import annotations

import hmac
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ladder.errors import LadderError
from ladder.workspace.atomic import write_atomic

KEY = "erasure.key"
_BLOCK = 64

# `one_spelling` in SQL, and HMAC-SHA-256 (RFC 2104) for the parameters of `Tombstones`; `:id` is the column.
ONE_SPELLING = "nfc_normalize(case when contains(:id, '@') then lower(:id) else :id end)"
ERASED_ID = f"""
sha256($tomb_outer || unhex(sha256($tomb_inner || encode({ONE_SPELLING}))))
in (select unnest($tomb_erased))
"""


def one_spelling(ident: str) -> str:
    """The id as it counts: exactly, but for capitals of e-mail addresses and for how accented letters are made up."""
    # Letter by letter, as the engine does it: Python alone knows a sigma that ends a word.
    text = "".join(letter.lower()[0] for letter in ident) if "@" in ident else ident
    return unicodedata.normalize("NFC", text)


@dataclass(frozen=True)
class Tombstones:
    """The erased ids of a workspace, in one spelling each; false when there are none."""

    key: bytes
    erased: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.erased)

    def digest(self, ident: str) -> str:
        """The keyed hash of an id: the only trace that an erased customer leaves."""
        return hmac.digest(self.key, one_spelling(ident).encode("utf-8", "replace"), "sha256").hex()

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
