"""From the story to six tables with the column names an export would have."""

import numpy as np
import pandas as pd

from .planted import DAYS
from .season import stamp


def _ids(customer: pd.Series | np.ndarray) -> pd.Series:
    """Customer ids as text, empty for guests."""
    number = pd.Series(np.asarray(customer))
    return ("C" + (number + 10001).astype(str)).where(number >= 0)


def _whole(values: pd.Series) -> pd.Series:
    """Scores as whole numbers, empty where there is none."""
    return values.astype("Int64")


def customers(people: pd.DataFrame, contacts: pd.DataFrame) -> pd.DataFrame:
    """One row per customer with contacts, consent and attributes."""
    return pd.DataFrame(
        {
            "customer_id": _ids(people.index),
            "first_seen": stamp(people.seen.to_numpy()).str[:10],
            "name": contacts.name,
            "email": contacts.email,
            "phone": contacts.phone,
            "consent": np.where(people.consent, "yes", "no"),
            "city": people.city,
            "country": people.country,
            "channel": people.channel,
            "customer_type": people.type,
            "plan": np.where(people.club, "club", "none"),
        }
    )


def transactions(lines: pd.DataFrame, refunds: pd.DataFrame) -> pd.DataFrame:
    """One row per order line and per refunded line (its own credit note), by time."""
    sold = lines.assign(transaction_id="F" + (lines.order + 100001).astype(str), kind="purchase")
    back = refunds.assign(transaction_id="CN" + (refunds.order + 100001).astype(str), kind="refund")
    rows = pd.concat([sold, back]).sort_values(["day", "transaction_id"], kind="stable", ignore_index=True)
    return pd.DataFrame(
        {
            "transaction_id": rows.transaction_id,
            "customer_id": _ids(rows.customer),
            "ts": stamp(rows.day.to_numpy()),
            "kind": rows.kind,
            "product": rows["product"],
            "amount": rows.amount.map("{:.2f}".format),
            "currency": "EUR",
            "incentive": rows.incentive,
        }
    )


def interactions(events: pd.DataFrame) -> pd.DataFrame:
    """One row per touch."""
    return pd.DataFrame(
        {
            "customer_id": _ids(events.customer),
            "ts": stamp(events.day.to_numpy()),
            "kind": events.kind,
            "detail": events.detail,
        }
    )


def feedback(answers: pd.DataFrame) -> pd.DataFrame:
    """One row per answer, with one of nps, csat and review."""
    return pd.DataFrame(
        {
            "customer_id": _ids(answers.customer),
            "ts": stamp(answers.day.to_numpy()),
            "nps": _whole(answers.nps),
            "csat": _whole(answers.csat),
            "review": _whole(answers.review),
            "text": answers.text,
        }
    )


def referrals(brought: pd.DataFrame) -> pd.DataFrame:
    """One row per customer brought by another."""
    return pd.DataFrame(
        {
            "referrer_id": _ids(brought.referrer),
            "referred_id": _ids(brought.referred),
            "ts": stamp(brought.day.to_numpy()),
        }
    )


def incentives(offers: pd.DataFrame) -> pd.DataFrame:
    """One row per offer, by time."""
    rows = offers.sort_values(["day", "incentive", "customer"], ignore_index=True)
    used = stamp(rows.redeemed.fillna(DAYS).to_numpy())
    return pd.DataFrame(
        {
            "customer_id": _ids(rows.customer),
            "incentive": rows.incentive,
            "ts": stamp(rows.day.to_numpy()),
            "arm": rows.arm,
            "cost": rows.cost.map("{:.2f}".format),
            "redeemed_ts": used.where(rows.redeemed.notna()),
        }
    )
