"""Who stands where, who moved, from where to where and when. Every view ties to the statement."""

from ladder.flows.funnel import Funnel, funnel
from ladder.flows.history import History, history
from ladder.flows.kpis import Kpis, kpis
from ladder.flows.moves import Flows, flows
from ladder.flows.overview import Overview, RungLine, overview
from ladder.flows.rungs import Rungs, rung_history, rungs
from ladder.flows.series import Series, series
from ladder.flows.statement import Statement, statement

__all__ = [
    "Flows",
    "Funnel",
    "History",
    "Kpis",
    "Overview",
    "RungLine",
    "Rungs",
    "Series",
    "Statement",
    "flows",
    "funnel",
    "history",
    "kpis",
    "overview",
    "rung_history",
    "rungs",
    "series",
    "statement",
]
