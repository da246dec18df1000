"""The six kinds of table a workspace knows, and the fields of each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Field:
    """One field of a table. `kind` is id, text, time, money, number, score or flag."""

    name: str
    kind: str
    about: str
    required: bool = False
    low: int = 0
    high: int = 0


@dataclass(frozen=True)
class Table:
    """One kind of table: what it holds and which fields it may have."""

    name: str
    about: str
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field | None:
        return next((field for field in self.fields if field.name == name), None)

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields if field.required)


_CUSTOMER = Field("customer_id", "id", "the customer this row is about", required=True)
_TIME = Field("ts", "time", "when it happened", required=True)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table(
            "customers",
            "one row per customer",
            (
                _CUSTOMER,
                Field("first_seen", "time", "when the business first knew this customer"),
                Field("name", "text", "contact: name, kept apart from the figures"),
                Field("email", "text", "contact: e-mail, kept apart from the figures"),
                Field("phone", "text", "contact: phone, kept apart from the figures"),
                Field("consent", "flag", "may be contacted: yes or no"),
            ),
        ),
        Table(
            "transactions",
            "one row per order line",
            (
                _CUSTOMER,
                _TIME,
                Field("amount", "money", "value of the line, or quantity × unit price", required=True),
                Field("transaction_id", "id", "the order this line belongs to"),
                Field("kind", "text", "purchase or refund; a negative amount is a refund"),
                Field("product", "text", "what was bought"),
                Field("currency", "text", "currency of the amount; one per workspace"),
                Field("incentive", "text", "the coupon or offer used"),
            ),
        ),
        Table(
            "interactions",
            "one row per visit, form, demo, mail opened ...",
            (
                _CUSTOMER,
                _TIME,
                Field("kind", "text", "what happened: newsletter, visit, demo ...", required=True),
                Field("detail", "text", "anything more"),
            ),
        ),
        Table(
            "feedback",
            "one row per answer or review",
            (
                _CUSTOMER,
                _TIME,
                Field("nps", "score", "would recommend, 0 to 10", low=0, high=10),
                Field("csat", "score", "satisfaction, 1 to 5", low=1, high=5),
                Field("review", "score", "stars, 1 to 5", low=1, high=5),
                Field("text", "text", "the comment"),
            ),
        ),
        Table(
            "referrals",
            "one row per customer brought by another",
            (
                Field("referrer_id", "id", "who recommended", required=True),
                Field("referred_id", "id", "who came", required=True),
                _TIME,
            ),
        ),
        Table(
            "incentives",
            "one row per offer given to a customer",
            (
                _CUSTOMER,
                Field("incentive", "text", "name of the offer", required=True),
                _TIME,
                Field("arm", "text", "treated or control, where the offer was randomised"),
                Field("cost", "money", "what giving it cost"),
                Field("redeemed_ts", "time", "when it was used"),
            ),
        ),
    )
}
