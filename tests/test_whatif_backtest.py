"""The chain must earn its keep: it passes in a world that is a chain and fails in one where nothing moves."""

from datetime import date, timedelta

import numpy as np
import pytest

from ladder.whatif.backtest import _beats, backtest, forecast_from
from ladder.whatif.transitions import Moves

ENDS = tuple(date(2020, 1, 31) + timedelta(days=30 * month) for month in range(40))


def simulated(matrix, start, months, seed=0, rates=None):
    """Moves of a base whose customers follow `matrix` (or month by month `rates`), with no arrivals."""
    random, standing, counts = np.random.default_rng(seed), [np.array(start)], []
    for month in range(months):
        rows = matrix if rates is None else rates[month]
        step = np.array(
            [random.multinomial(count, row) for count, row in zip(standing[-1], rows, strict=True)]
        )
        counts.append(step)
        standing.append(step.sum(axis=0))
    size = len(start)
    return Moves(np.array(counts, float), np.zeros((months, size)), np.array(standing, float))


TRUE = np.array([[0.97, 0.03, 0.0], [0.05, 0.9, 0.05], [0.0, 0.04, 0.96]])


def test_in_a_true_chain_the_chain_beats_persistence():
    found = backtest(simulated(TRUE, [0, 20000, 0], 24), ENDS, 1.0, horizon=6)
    assert found.better
    assert found.chain < found.persistence / 3
    assert len(found.frame) == 6
    assert found.verdict.startswith("Better than assuming no change: in the last 6 checks, 6 months ahead")


def test_where_nobody_moves_it_says_no_better_than_assuming_no_change():
    found = backtest(simulated(np.eye(3), [10, 20, 30], 24), ENDS, 1.0, horizon=6)
    assert (found.chain, found.persistence, found.better) == (0.0, 0.0, False)
    assert found.verdict.startswith("No better than assuming no change")


def test_a_base_that_has_stopped_climbing_makes_the_chain_lose_and_the_verdict_say_so():
    rates = [TRUE if month < 10 else np.eye(3) for month in range(24)]
    found = backtest(simulated(TRUE, [0, 20000, 0], 24, rates=rates), ENDS, 1.0, horizon=6)
    assert found.better is False
    assert "missed by 0.0." in found.verdict


def test_a_forecast_from_the_past_does_not_see_the_future():
    whole = simulated(TRUE, [0, 5000, 0], 24)
    changed = Moves(whole.counts.copy(), whole.arrivals.copy(), whole.standing.copy())
    changed.counts[12:] = changed.counts[12:, ::-1]
    changed.arrivals[12:] += 1000
    changed.standing[13:] = 7
    assert (forecast_from(whole, 12, 6) == forecast_from(changed, 12, 6)).all()


def test_arrivals_go_on_as_in_the_steps_before():
    still = simulated(np.eye(2), [0, 100], 12)
    joined, so_far = np.array([0.0, 10.0]), np.arange(13)[:, None] * np.array([0.0, 10.0])
    growing = Moves(still.counts, np.tile(joined, (12, 1)), still.standing + so_far)
    assert forecast_from(growing, 6, 3).tolist() == [[0, 160], [0, 170], [0, 180], [0, 190]]


def test_a_hair_s_breadth_is_no_better():
    assert _beats(0.0949, 0.1)
    assert not _beats(0.0951, 0.1)


@pytest.mark.parametrize(("months", "checked"), [(8, 3), (6, 1), (5, 0)])
def test_a_short_history_is_checked_as_far_as_it_goes(months, checked):
    found = backtest(simulated(TRUE, [0, 1000, 0], months), ENDS, 1.0, horizon=12)
    assert found.months == checked
    assert len(found.frame) == (3 if checked else 0)
    if not checked:
        assert (found.chain, found.better) == (None, None)
        assert "has 6 period ends, and a check needs at least 7" in found.verdict
