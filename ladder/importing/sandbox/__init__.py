"""Work on bytes that nobody vouches for, in a process of its own with little memory, little time and no network.

`call` names a function of the package; the fork server runs it in a fresh child and brings its answer back.
"""

from ladder.importing.sandbox.client import call
from ladder.importing.sandbox.limits import Limits, limits_for

__all__ = ["Limits", "call", "limits_for"]
