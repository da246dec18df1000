"""What a customer will do: orders, activity, discounted orders and amount per order, from fitted models.

Times in weeks. lifetimes has closed forms for these, but they are NaN for one-time buyers when a + b < 1,
infinite at a = 1, and lost for frequent buyers; quadrature is not.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.linalg import eigh_tridiagonal
from scipy.special import expit, hyp2f1, roots_legendre

from ladder.value.models import Array, Buying, Spending

DAYS_PER_MONTH = 30.4375
WEEKS_PER_MONTH = DAYS_PER_MONTH / 7
PRIOR_ORDERS = 2.0
TIME_NODES = 16
MOST_NODES = 160
# The error falls as rate^(−2·nodes) from a height that grows with frequency; half of the exponent is left for that.
_PRECISION = float(np.log(1e12))


def probability_alive(buying: Buying, frequency: Array, recency: Array, T: Array) -> Array:
    """P(alive | frequency, recency, T); 1 for one-time buyers (Hardie, note 021) and without dropout."""
    if buying.a is None or buying.b is None:
        return np.ones_like(T)
    odds = (buying.r + frequency) * np.log((buying.alpha + T) / (buying.alpha + recency))
    odds = odds + np.log(buying.a / (buying.b + np.maximum(frequency, 1) - 1))
    return np.where(frequency == 0, 1.0, expit(-odds))


def probability_active(buying: Buying, frequency: Array, recency: Array, T: Array, weeks: float) -> Array:
    """P(at least one order in the next `weeks`)."""
    silent = ((buying.alpha + T) / (buying.alpha + T + weeks)) ** (buying.r + frequency)
    return np.asarray(probability_alive(buying, frequency, recency, T) * (1 - silent))


def expected_orders(buying: Buying, frequency: Array, recency: Array, T: Array, weeks: Array) -> Array:
    """Orders expected in each of the next `weeks`, shape (customers, len(weeks)).

    Equation 10 of Fader, Hardie and Lee (2005) as an integral over the dropout probability. A new customer
    (frequency = recency = T = 0) gives equation 9.
    """
    alive = probability_alive(buying, frequency, recency, T)
    pairs, place = np.unique(np.column_stack([frequency, T]), axis=0, return_inverse=True)
    return np.asarray(alive[:, None] * _orders_if_alive(buying, pairs, weeks)[place.ravel()])


def discounted_orders(
    buying: Buying, frequency: Array, recency: Array, T: Array, weeks: float, discount: float
) -> Array:
    """Orders expected in the next `weeks`, each discounted from its own time at `discount` a year.

    exp(−δH)·E(H) + δ·∫ exp(−δs)·E(s) ds with δ = ln(1 + discount) per year: money comes through the month,
    not at its end.
    """
    force = np.log1p(discount) / (12 * WEEKS_PER_MONTH)
    nodes, weights = roots_legendre(TIME_NODES)
    times = (nodes + 1) * weeks / 2
    shares = np.append(weights * weeks / 2 * force * np.exp(-force * times), np.exp(-force * weeks))
    return np.asarray(expected_orders(buying, frequency, recency, T, np.append(times, weeks)) @ shares)


def closed_form(buying: Buying, frequency: Array, recency: Array, T: Array, weeks: float) -> Array:
    """Equation 10 through the hypergeometric function, to check the quadrature; not finite everywhere."""
    if buying.a is None or buying.b is None:
        return (buying.r + frequency) / (buying.alpha + T) * weeks
    shape, c = buying.r + frequency, buying.a + buying.b + frequency - 1
    with np.errstate(all="ignore"):
        series = hyp2f1(shape, buying.b + frequency, c, weeks / (buying.alpha + T + weeks))
        lost = series * ((buying.alpha + T) / (buying.alpha + T + weeks)) ** shape
        return np.asarray(c / (buying.a - 1) * (1 - lost) * probability_alive(buying, frequency, recency, T))


def expected_amount(spending: Spending, paid_days: Array, monetary_value: Array) -> Array:
    """Expected net amount of a future order day (Fader, Hardie and Lee 2005, JMR 42:415, equation 5).

    Customers without a positive repeat amount (paid_days 0) get the population mean. Without a usable
    Gamma-Gamma model the own mean is shrunk to the mean of all, which counts as two order days.
    """
    own = np.where(paid_days > 0, monetary_value, 0.0)
    if spending.p is None or spending.q is None or spending.v is None:
        return (spending.mean * PRIOR_ORDERS + paid_days * own) / (PRIOR_ORDERS + paid_days)
    population = spending.p * spending.v / (spending.q - 1)
    weight = spending.p * paid_days / (spending.p * paid_days + spending.q - 1)
    return (1 - weight) * population + weight * own


def _orders_if_alive(buying: Buying, pairs: Array, weeks: Array) -> Array:
    """Expected orders of customers who are alive, per (frequency, T), shape (pairs, len(weeks))."""
    scaled = weeks[None, :] / (buying.alpha + pairs[:, 1:])
    shape = buying.r + pairs[:, :1]
    if buying.a is None or buying.b is None:
        return shape * scaled
    result = np.empty_like(scaled)
    for frequency in np.unique(pairs[:, 0]):
        rows = pairs[:, 0] == frequency
        count = _node_count(float(scaled[rows].max()))
        dropout, weights = _beta_nodes(buying.a, buying.b + float(frequency), count)
        sum_over_nodes = np.zeros_like(scaled[rows])
        for p, weight in zip(dropout, weights, strict=True):
            sum_over_nodes -= weight / p * np.expm1(-(buying.r + frequency) * np.log1p(p * scaled[rows]))
        result[rows] = sum_over_nodes
    return result


def _node_count(reach: float) -> int:
    """Nodes for full precision: the integrand has its nearest singularity at p = −1 / reach."""
    distance = 1 + 2 / max(reach, 1e-9)
    rate = np.log(distance + np.sqrt(distance**2 - 1))
    return int(min(MOST_NODES, max(12, np.ceil(_PRECISION / rate))))


@lru_cache(maxsize=4096)
def _beta_nodes(a: float, b: float, count: int) -> tuple[Array, Array]:
    """Nodes in (0, 1) and weights summing to 1 that integrate against Beta(a, b), any a, b > 0.

    Gauss-Jacobi from the eigenvalues of the recurrence (Golub and Welsch 1969). SciPy's roots_jacobi scales by
    the integral of the weight, which overflows for frequent buyers.
    """
    n = np.arange(1, count)
    total = 2 * n + a + b - 2
    first = np.array([a / (a + b)])
    diagonal = np.append(first, (1 + (a - b) * (a + b - 2) / (total * (total + 2))) / 2)
    # (total − n) / (total − 1) is 1 at n = 1 whatever a + b is, also where both are 0.
    ratio = np.append(1.0, (total[1:] - n[1:]) / (total[1:] - 1))
    square = n * (n + b - 1) * (n + a - 1) * ratio / (total**2 * (total + 1))
    nodes, vectors = eigh_tridiagonal(diagonal, np.sqrt(square))
    return np.maximum(nodes, 1e-300), vectors[0] ** 2
