"""How far the average value of a rung could lie from the estimate."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ladder.value import likelihood
from ladder.value.fitted import Fitted, columns, spending_rows
from ladder.value.models import Array, Buying, Spending, Whole

STEP = 1e-4
Values = Callable[[Buying, Spending], Array]


def deviations(fitted: Fitted, values: Values, members: Whole, count: int) -> Array:
    """Standard deviation of the logarithm of each state's mean value, shape (count,).

    Infinitesimal jackknife: every customer's first-order influence on the mean, through being a member and
    through both fits (delta method on the log-parameters), squared and summed. To first order this is the
    spread of a customer bootstrap (Exp(1) weights, both models refitted, means reweighted), so it also holds
    where the models are somewhat wrong.
    `members` holds each customer's state, 0 to count − 1; `values` gives every customer's value.
    """
    base = values(fitted.buying, fitted.spending)
    sizes = np.maximum(np.bincount(members, minlength=count), 1)
    means = np.bincount(members, base, count) / sizes
    by_buying, by_spending = _influences(fitted)
    steps = _slopes(fitted, values, members, sizes)
    result = np.zeros(count)
    for state in np.flatnonzero(means > 0):
        own = np.where(members == state, (base - means[state]) / sizes[state], 0.0)
        through_fit = by_buying @ steps[0][:, state] + by_spending @ steps[1][:, state]
        result[state] = np.sqrt(((own + through_fit) ** 2).sum()) / means[state]
    return result


def _slopes(fitted: Fitted, values: Values, members: Whole, sizes: Whole) -> tuple[Array, Array]:
    """Derivatives of the state means by each log-parameter, shape (parameters, states), for both models."""

    def means(buying: Buying, spending: Spending) -> Array:
        return np.asarray(np.bincount(members, values(buying, spending), len(sizes)) / sizes)

    def slope(model: Callable[[Array], Array], logs: Array) -> Array:
        return np.array([model(logs + step) - model(logs - step) for step in STEP * np.eye(len(logs))]) / (
            2 * STEP
        )

    buying, spending = fitted.buying, fitted.spending
    return (
        slope(lambda logs: means(buying.at(logs), spending), buying.logs),
        slope(lambda logs: means(buying, spending.at(logs)), spending.logs),
    )


def _influences(fitted: Fitted) -> tuple[Array, Array]:
    """Each customer's influence on the log-parameters of both models, shape (customers, parameters)."""
    customers = fitted.statistics.customers
    frequency, recency, T = fitted.tuple_columns()
    buying, spending = fitted.buying, fitted.spending
    if fitted.dropout_seen:
        by_tuple = likelihood.scores(lambda logs: likelihood.bg_nbd(logs, frequency, recency, T), buying.logs)
    else:
        by_tuple = likelihood.scores(lambda logs: likelihood.nbd(logs, frequency, T), buying.logs)
    spenders = spending_rows(fitted.statistics)
    days, amount = columns(spenders, "paid_days", "monetary_value")
    by_spender = np.zeros((len(customers), len(spending.logs)))
    if spending.p is None:
        by_spender[spenders.index, 0] = days * (amount - spending.mean) / (days.sum() * spending.mean)
    else:
        scores = likelihood.scores(lambda logs: likelihood.gamma_gamma(logs, days, amount), spending.logs)
        by_spender[spenders.index] = scores @ spending.covariance
    return (by_tuple @ buying.covariance)[customers["tuple"].to_numpy()], by_spender
