"""The chain arithmetic on bare matrices, and what must hold whatever the numbers."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladder.whatif.chain import (
    discounting,
    displace,
    higher,
    log_odds,
    probabilities,
    project,
    shift,
    shifted_rate,
)
from ladder.whatif.prepare import draw_matrices, draw_revenues

COUNTS = np.array([[90.0, 10, 0], [20, 60, 20], [0, 30, 70]])
P = probabilities(COUNTS, np.zeros((3, 3)))

effects = st.floats(-3, 3)
count_tables = st.lists(st.integers(0, 500), min_size=16, max_size=16).map(
    lambda cells: np.array(cells, dtype=float).reshape(4, 4)
)


def test_probabilities_are_row_shares_of_the_counts():
    assert P.tolist() == [[0.9, 0.1, 0.0], [0.2, 0.6, 0.2], [0.0, 0.3, 0.7]]


def test_a_row_without_exposure_takes_the_shape_of_before_and_else_stays():
    counts = np.array([[0.0, 0, 0], [0, 0, 0], [0, 1, 1]])
    shape = np.array([[0.0, 0, 0], [0.25, 0.75, 0], [0, 0.5, 0.5]])
    assert probabilities(counts, shape).tolist() == [[1, 0, 0], [0.25, 0.75, 0], [0, 0.5, 0.5]]


def test_a_log_odds_effect_scales_climbs_up_and_everything_else_down():
    # u = 0.2 has odds 1/4; doubled they are 1/2, so u' = 1/3 and the rest shrinks by (2/3) / 0.8
    change = shift(P, 1, higher(1, 3), math.log(2))
    assert change[1] == pytest.approx([0.2 * (5 / 6 - 1), 0.6 * (5 / 6 - 1), 1 / 3 - 0.2], abs=1e-15)
    assert not change[0].any()
    assert not change[2].any()


def test_8_0_percent_to_8_79_is_odds_times_1_108():
    assert round(shifted_rate(0.08, math.log(1.108)), 4) == 0.0879
    assert math.exp(log_odds(0.08, shifted_rate(0.08, math.log(1.108)))) == pytest.approx(1.108, abs=1e-12)


def test_no_effect_changes_nothing_at_all():
    assert log_odds(0.08, 0.08) == 0.0
    assert not shift(P, 1, higher(1, 3), 0.0).any()


def test_what_never_climbs_stays_at_zero_whatever_the_effect():
    stuck = np.array([[0.9, 0.1, 0.0], [0.4, 0.6, 0.0], [0.0, 0.3, 0.7]])
    assert not shift(stuck, 1, higher(1, 3), 5.0).any()


@given(count_tables, effects, st.integers(0, 3))
def test_a_shifted_matrix_is_a_transition_matrix_with_the_same_zeros(counts, effect, state):
    matrix = probabilities(counts, np.zeros((4, 4)))
    after = matrix + shift(matrix, state, higher(state, 4), effect)
    assert np.abs(after.sum(axis=1) - 1).max() < 1e-12
    assert after.min() >= 0
    assert not after[matrix == 0].any()


@given(effects, effects)
def test_two_effects_on_one_move_add_in_log_odds(first, second):
    success = higher(1, 3)
    once = P + shift(P, 1, success, first)
    twice = once + shift(once, 1, success, second)
    assert twice == pytest.approx(P + shift(P, 1, success, first + second), abs=1e-12)


def test_the_baseline_is_v_times_p_plus_arrivals():
    path = project(np.array([0.0, 100, 0]), P, np.array([0.0, 5, 0]), 2)
    assert path[1] == pytest.approx([20, 65, 20])
    assert path[2] == pytest.approx([20 * 0.9 + 65 * 0.2, 2 + 39 + 6 + 5, 13 + 14])


@given(effects, st.floats(0, 1), st.floats(0.1, 1))
def test_displaced_customers_sum_to_zero_and_none_appears_from_nowhere(effect, reach, kept):
    path = project(np.array([50.0, 100, 30]), P, np.array([0.0, 5, 0]), 12)
    delta = displace(path, P, shift(P, 1, higher(1, 3), effect), np.array([0, reach, 0]), active=3, kept=kept)
    assert np.abs(delta.sum(axis=1)).max() < 1e-10
    assert (path + delta).min() >= 0


def test_permuting_the_states_permutes_the_displacement_only():
    order, success = np.array([2, 0, 1]), higher(1, 3)
    path = project(np.array([50.0, 100, 30]), P, np.array([0.0, 5, 0]), 6)
    reach = np.array([0.0, 0.5, 0.0])
    plain = displace(path, P, shift(P, 1, success, 0.7), reach, 3, 0.9)
    swapped = P[np.ix_(order, order)]
    push = shift(swapped, int(np.flatnonzero(order == 1)[0]), success[order], 0.7)
    other = displace(path[:, order], swapped, push, reach[order], 3, 0.9)
    assert other == pytest.approx(plain[:, order], abs=1e-12)


def test_a_batch_of_draws_goes_through_the_same_lines_as_one():
    draws = draw_matrices(np.random.default_rng(3), COUNTS, P, 5)
    paths = project(np.array([50.0, 100, 30]), draws, np.zeros(3), 4)
    reach, success = np.array([0.0, 1.0, 0.0]), higher(1, 3)
    many = displace(paths, draws, shift(draws, 1, success, 0.4), reach, 2, 0.9)
    for number, matrix in enumerate(draws):
        one = displace(paths[number], matrix, shift(matrix, 1, success, 0.4), reach, 2, 0.9)
        assert many[number] == pytest.approx(one, abs=1e-12)


def test_drawn_matrices_keep_structural_zeros_and_centre_on_the_counts():
    draws = draw_matrices(np.random.default_rng(1), COUNTS * 100, P, 400)
    assert np.abs(draws.sum(axis=2) - 1).max() < 1e-12
    assert not draws[:, P == 0].any()
    assert draws.mean(axis=0) == pytest.approx(P, abs=0.002)
    assert draws[:, 1, 2].std() == pytest.approx(math.sqrt(0.2 * 0.8 / 10002), rel=0.15)


def test_a_state_never_stood_on_stays_put_in_every_draw():
    empty = np.zeros((2, 2))
    assert draw_matrices(np.random.default_rng(1), empty, empty, 3).tolist() == [[[1, 0], [0, 1]]] * 3


def test_drawn_revenues_have_the_mean_and_the_standard_error_given():
    mean, error = np.array([0.0, 20.0, -1.0]), np.array([0.0, 2.0, 0.5])
    draws = draw_revenues(np.random.default_rng(1), mean, error, 4000)
    assert not draws[:, 0].any()
    assert draws[:, 1].min() > 0
    assert draws.mean(axis=0) == pytest.approx(mean, abs=0.15)
    assert draws.std(axis=0) == pytest.approx(error, rel=0.05)


def test_discounting_is_mid_period_and_yearly():
    assert discounting(0.21, 2, 12.0) == pytest.approx([1.1**-1, 1.1**-3])
    assert discounting(0.0, 3, 1.0).tolist() == [1, 1, 1]
