"""Run one command and turn what happens into an exit code: 0 done, 1 failed, 2 wrong usage, 3 questions."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence

from ladder.cli.arguments import parser
from ladder.cli.output import Questions, say, write
from ladder.errors import LadderError


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse, run, write. Results go to standard output as one document, messages to standard error."""
    form = "table"
    try:
        options = parser().parse_args(arguments)
        form = options.format
        answer = options.run(options)
        write(answer, form)
        return 3 if isinstance(answer, Questions) else 0
    except LadderError as error:
        return _failed(error, form)
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 - the reader has gone; let Python flush to nowhere
        return 0
    except OSError as error:
        # A full disk or a folder without permission is the machine's answer, not a bug: say it in a sentence.
        what = error.strerror or type(error).__name__
        return _failed(
            LadderError("The system refused", f"{what}.", "What was there before is unchanged."), form
        )
    except KeyboardInterrupt:
        say("Stopped.", "What was there before is unchanged.")
        return 1


def _failed(error: LadderError, form: str) -> int:
    if form == "json":
        sys.stdout.write(json.dumps({"error": error.to_dict()}, ensure_ascii=False, indent=2) + "\n")
    say(f"{error.title}. {error.message}", error.hint)
    return 1
