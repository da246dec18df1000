"""Work on bytes that nobody vouches for, in a process of its own with little memory, little time and no network.

`call` names a function of the package; the fork server runs it in a fresh child and brings its answer back. Whoever
calls for a file first waits for a turn in `LOOKS` or `READS`, so that children together do not take all memory.
"""

from ladder.importing.sandbox.client import call
from ladder.importing.sandbox.limits import Limits, limits_for
from ladder.importing.sandbox.turns import LOOKS, READS

__all__ = ["LOOKS", "READS", "Limits", "call", "limits_for"]
