"""The two fitted models as values: how customers buy (BG/NBD or NBD) and how they spend (Gamma-Gamma)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

# Half of the chi-square(1) 95% point 3.84 would be the usual bar; dropout = 0 lies on the boundary of the
# parameter space, where the bar for 5% is the 90% point (Self and Liang 1987).
DROPOUT_EVIDENCE = 2.71


@dataclass(frozen=True, eq=False)
class Buying:
    """BG/NBD parameters in weeks (Fader, Hardie and Lee 2005); a and b are None where dropout cannot be seen.

    `covariance` belongs to the logarithms of the parameters. Log-likelihoods are sums over customers, in
    natural units.
    """

    r: float
    alpha: float
    a: float | None
    b: float | None
    log_likelihood: float
    nbd_log_likelihood: float
    customers: int
    covariance: Array

    @property
    def logs(self) -> Array:
        known = [value for value in (self.r, self.alpha, self.a, self.b) if value is not None]
        return np.asarray(np.log(known))

    @property
    def evidence(self) -> float:
        """Twice the log-likelihood gained by allowing dropout; 0 where dropout was not fitted."""
        return 2 * (self.log_likelihood - self.nbd_log_likelihood)

    def at(self, logs: Array) -> Buying:
        """The same model at other parameters, given as logarithms."""
        values = [float(value) for value in np.exp(logs)]
        a, b = (values[2], values[3]) if len(values) == 4 else (None, None)
        return replace(self, r=values[0], alpha=values[1], a=a, b=b)


@dataclass(frozen=True, eq=False)
class Spending:
    """Gamma-Gamma parameters (Fader, Hardie and Lee 2005, JMR), or only the mean repeat amount.

    p, q and v are None where the model cannot be used; then a customer's own mean is shrunk to `mean`.
    Amounts in currency units. `covariance` belongs to the logarithms.
    """

    p: float | None
    q: float | None
    v: float | None
    mean: float
    log_likelihood: float | None
    customers: int
    covariance: Array

    @property
    def logs(self) -> Array:
        if self.p is None or self.q is None or self.v is None:
            return np.asarray(np.log([self.mean]))
        return np.asarray(np.log([self.p, self.q, self.v]))

    def at(self, logs: Array) -> Spending:
        """The same model at other parameters, given as logarithms."""
        values = [float(value) for value in np.exp(logs)]
        if len(values) == 1:
            return replace(self, mean=values[0])
        return replace(self, p=values[0], q=values[1], v=values[2])
