"""The proof of the suppression on random ladders, by ways that share no code with it."""

import itertools
import random

import numpy as np
import pytest
from scipy.optimize import linprog

from ladder.sharing.audit import recoverable
from ladder.sharing.movement import ALL, NOT_YET_STATE, Movement, link_figures
from ladder.sharing.suppress import protect

TABLES = 300
K = 10


def random_movement(rng, rungs, ends):
    """A crowd that wanders over the ladder; its size and the popularity of each rung vary wildly."""
    weights = [rng.random() ** 2 + 0.02 for _ in range(rungs + 1)]
    states = range(rungs + 1)
    people = rng.choices((NOT_YET_STATE, *states), weights=[1, *weights], k=rng.choice([15, 60, 200, 700]))
    restless = rng.choice([0.05, 0.25, 0.7])
    counts, moves = {}, {}
    for end in range(ends):
        for person, state in enumerate(people):
            if end and rng.random() < restless:
                people[person] = rng.choices(states, weights=weights)[0]
            if end and people[person] != NOT_YET_STATE:
                step = (end - 1, state, people[person])
                moves[step] = moves.get(step, 0) + 1
            if people[person] != NOT_YET_STATE:
                counts[end, people[person]] = counts.get((end, people[person]), 0) + 1
    return Movement(rungs, ends, counts, moves)


def cells_of(key, rungs):
    """The cells (origin, target) of a two-end table that a figure adds up, told from its name alone."""
    states, origins = range(rungs + 1), range(-1, rungs + 1)
    every = set(itertools.product(origins, states))
    kind, end, *rest = key
    if kind == "flow":
        return {tuple(rest)}
    if kind == "count":
        return {cell for cell in every if cell[end] == rest[0]}
    if kind == "joined":
        return {cell for cell in every if cell[0] == -1}
    if kind == "total":
        low = 1 if rest else 0
        return {cell for cell in every if cell[end] >= low}
    origin, sort = rest
    among = {cell for cell in every if (cell[0] >= 1 if origin == ALL else cell[0] == origin)}
    up = sort.endswith("climbed")
    moved = {cell for cell in among if (cell[1] > cell[0] if up else cell[1] < cell[0])}
    return among - moved if sort.startswith("not-") else moved


def interval(cells, known, wanted):
    """The smallest and largest sum over `wanted` cells that agrees with the known sums."""
    order = sorted(cells)
    rows = np.array([[cell in members for cell in order] for members, _ in known], dtype=float)
    totals = [value for _, value in known]
    goal = np.array([cell in wanted for cell in order], dtype=float)
    ends = []
    for sign in (1, -1):
        answer = linprog(sign * goal, A_eq=rows, b_eq=totals, bounds=(0, 10_000), method="highs")
        assert answer.success
        ends.append(sign * answer.fun)
    return ends


@pytest.mark.parametrize("seed", range(6))
def test_no_small_group_can_be_narrowed_to_less_than_nobody_to_ten(seed):
    rng = random.Random(seed)
    checked = 0
    for _ in range(TABLES // 6):
        rungs = rng.choice([1, 1, 2, 2, 3])
        figures = link_figures(random_movement(rng, rungs, 2))
        shown = protect(figures, figures.values, K).shown
        known = [(cells_of(key, rungs), figures.values[key]) for key in shown]
        cells = set(itertools.product(range(-1, rungs + 1), range(rungs + 1)))
        for key in rng.sample(figures.small(K), min(3, len(figures.small(K)))):
            assert key not in shown
            low, high = interval(cells, known, cells_of(key, rungs)) if known else (0, 10_000)
            assert low <= 1e-6
            assert high >= K - 1e-6
            checked += 1
    assert checked > 50


def test_the_names_of_figures_mean_what_the_independent_check_takes_them_for():
    movement = random_movement(random.Random(8), 3, 2)
    moves = {(origin, target): people for (_, origin, target), people in movement.moves.items()}
    for key, value in link_figures(movement).values.items():
        assert value == sum(moves.get(cell, 0) for cell in cells_of(key, 3)), key


def test_brute_force_over_every_possible_table_agrees_with_the_audit():
    # One rung and no newcomers: four moves, all margins shown. No margin passes 18, so 0 to 18 covers every world.
    rng = random.Random(5)
    worlds = np.array(list(itertools.product(range(19), repeat=4)))
    margins_of = np.array([[1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 1, 0], [0, 1, 0, 1]])
    for _ in range(40):
        truth = np.array([rng.randrange(10) for _ in range(4)])
        cells = [(0, 0), (0, 1), (1, 0), (1, 1)]
        top, low, left, right = (int(number) for number in margins_of @ truth)
        counts = {(0, 0): top, (0, 1): low, (1, 0): left, (1, 1): right}
        moves = {(0, *cell): int(number) for cell, number in zip(cells, truth, strict=True)}
        figures = link_figures(Movement(1, 2, counts, moves))
        margins = {key for key in figures.values if key[0] in ("count", "total", "joined")}
        exposed = {key[2:] for key in recoverable(figures, margins, K) if key[0] == "flow"}
        possible = worlds[(worlds @ margins_of.T == margins_of @ truth).all(axis=1)]
        narrow = (possible.min(axis=0) > 0) | (possible.max(axis=0) < K)
        assert exposed == {
            cell for cell, bad, people in zip(cells, narrow, truth, strict=True) if bad and people
        }


@pytest.mark.parametrize("seed", range(3))
def test_long_series_are_protected_over_all_their_period_ends_together(seed):
    figures = link_figures(random_movement(random.Random(seed), 3, 4))
    shown = protect(figures, figures.values, K).shown
    assert recoverable(figures, shown, K) == ()
    assert set(figures.small(K)).isdisjoint(shown)
