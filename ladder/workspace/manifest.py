"""The manifest: the whole state of a workspace in one file, which knows when it was damaged."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ladder.errors import LadderError
from ladder.model.ladder import Ladder, ladder_from_dict, preset
from ladder.workspace.atomic import replace_file, sync_folder, write_atomic
from ladder.workspace.records import ImportRecord, WorkspaceSettings

FORMAT = 2
MANIFEST, PREVIOUS = "manifest.json", "manifest.previous.json"


@dataclass(frozen=True)
class Manifest:
    """The whole state of a workspace; a new one replaces the old one in a single rename.

    `erased` are the keyed hashes of erased customers, `erasures` counts the erasures, and `removing` names the files
    that no state uses any more and that still have to be deleted.
    """

    settings: WorkspaceSettings
    ladder: Ladder
    imports: tuple[ImportRecord, ...] = ()
    undone: tuple[ImportRecord, ...] = ()
    next_import: int = 1
    generation: int = 1
    erased: tuple[str, ...] = ()
    erasures: int = 0
    removing: tuple[str, ...] = ()

    @property
    def history(self) -> tuple[ImportRecord, ...]:
        """Live and undone imports, oldest first."""
        return tuple(sorted((*self.imports, *self.undone), key=lambda record: record.id))

    def to_dict(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "generation": self.generation,
            "next_import": self.next_import,
            "settings": self.settings.to_dict(),
            "ladder": self.ladder.to_dict(),
            "imports": [record.to_dict() for record in self.imports],
            "undone": [record.to_dict() for record in self.undone],
            "erased": list(self.erased),
            "erasures": self.erasures,
            "removing": list(self.removing),
        }

    @staticmethod
    def from_dict(data: dict[str, Any]) -> Manifest:
        return Manifest(
            settings=WorkspaceSettings.from_dict(data["settings"]),
            ladder=ladder_from_dict(data["ladder"], MANIFEST),
            imports=tuple(ImportRecord.from_dict(item) for item in data["imports"]),
            undone=tuple(ImportRecord.from_dict(item) for item in data["undone"]),
            next_import=data["next_import"],
            generation=data["generation"],
            erased=tuple(data.get("erased", ())),
            erasures=data.get("erasures", 0),
            removing=tuple(data.get("removing", ())),
        )


def empty_manifest(settings: WorkspaceSettings) -> Manifest:
    """A workspace with no data yet, on the classic ladder."""
    return Manifest(settings=settings, ladder=preset("classic"))


def manifest_bytes(manifest: Manifest) -> bytes:
    """The file: the state and the SHA-256 of it, whatever the white space."""
    state = manifest.to_dict()
    document = {"format": FORMAT, "sha256": _digest(state), **state}
    return json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8")


def read_manifest(path: Path) -> Manifest:
    """The state that the file tells. LadderError for one that another version wrote, or that is damaged."""
    try:
        document = json.loads(path.read_text("utf-8"))
        found = document["format"]
        if found not in (1, FORMAT):
            raise _foreign(found)
        if (found == FORMAT or "sha256" in document) and document.pop("sha256") != _digest(document):
            raise ValueError("its SHA-256 is another")
        return Manifest.from_dict(document)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _damaged(path) from error
    except LadderError as error:
        # A setting, a ladder or an account that cannot be: only in a file of the first format, which has no hash.
        raise error if error.title == _FOREIGN else _damaged(path) from error
    except OSError as error:
        raise LadderError(
            "The workspace cannot be read",
            f"{path.name}: the system said {error.strerror or type(error).__name__}.",
            "Check that the folder is there and that you may read it.",
        ) from error


def is_whole(path: Path) -> bool:
    """Whether the file is there and is what was written."""
    try:
        read_manifest(path)
    except LadderError:
        return False
    return True


def replace_manifest(root: Path, old: Manifest, **changes: Any) -> Manifest:
    """Put the next generation in the old one's place, and keep the old one beside it; fails as `write_manifest`."""
    new = dataclasses.replace(old, generation=old.generation + 1, **changes)
    write_atomic(root / PREVIOUS, (root / MANIFEST).read_bytes())
    write_manifest(root, manifest_bytes(new))
    return new


def write_manifest(root: Path, content: bytes) -> None:
    """Make this the state of the workspace.

    OSError while the old state stands. LadderError when the new one stands and the disk would not confirm it.
    """
    replace_file(root / MANIFEST, content)
    try:
        sync_folder(root)
    except OSError as error:
        raise LadderError(
            "The disk did not confirm the change",
            f"It was made, but then the system said: {error.strerror or type(error).__name__}.",
            "Look whether it is still there after the disk was repaired or the machine restarted.",
        ) from error


_FOREIGN = "This workspace cannot be opened"


def _foreign(found: object) -> LadderError:
    return LadderError(
        _FOREIGN,
        f"It has format {found!r}; this version reads formats 1 and {FORMAT}.",
        "Open it with the version that wrote it, or a newer one.",
    )


def _damaged(path: Path) -> LadderError:
    hint = "Restore the folder from a backup; the imports themselves are untouched."
    if path.name == MANIFEST and path.with_name(PREVIOUS).is_file():
        hint = (
            "`python -m ladder check --restore` brings back the state before the last change; "
            "the imports themselves are untouched."
        )
    return LadderError("The workspace's manifest is damaged", f"{path.name} is not what was written.", hint)


def _digest(document: dict[str, Any]) -> str:
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
