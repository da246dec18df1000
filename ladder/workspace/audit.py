"""The audit trail: one line of JSON per act, appended; who, what and when, never whose data."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

AUDIT = "audit.jsonl"


def append_audit(root: Path, event: str, by: str, facts: dict[str, Any]) -> None:
    """Append one line and force it to the disk. A line that a crash cut short does not swallow this one."""
    line = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "event": event, "by": by, **facts}
    text = json.dumps(line, ensure_ascii=False).encode("utf-8") + b"\n"
    path = root / AUDIT
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "a+b") as file:
        size = file.seek(0, os.SEEK_END)
        if size:
            file.seek(size - 1)
            text = text if file.read(1) == b"\n" else b"\n" + text
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
