"""Known exports as values: their header rows, as the products write them, and what must come of thirty rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, field

Row = dict[str, str]


def _columns(text: str) -> tuple[str, ...]:
    return tuple("".join(text.split("\n")).split(","))


HEADERS = {
    "shopify-orders": _columns("""
Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,
Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,
Lineitem name,Lineitem price,Lineitem compare at price,Lineitem sku,Lineitem requires shipping,
Lineitem taxable,Lineitem fulfillment status,Billing Name,Billing Street,Billing City,Billing Zip,
Billing Country,Billing Phone,Shipping Name,Shipping City,Shipping Country,Notes,Cancelled at,
Payment Method,Payment Reference,Refunded Amount,Vendor,Outstanding Balance,Id,Tags,Risk Level,Source,
Lineitem discount,Tax 1 Name,Tax 1 Value,Phone"""),
    "shopify-customers": _columns("""
Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,
Default Address Address1,Default Address City,Default Address Province Code,Default Address Country Code,
Default Address Zip,Default Address Phone,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Note,
Tax Exempt,Tags"""),
    "woocommerce-customers": _columns("""
Customer ID,Username,First name,Last name,Email,Billing Phone,City,Total spend,Order count"""),
    "woocommerce-orders": _columns("""
Order Number,Order Status,Order Date,Customer Note,First Name (Billing),Last Name (Billing),
Email (Billing),Phone (Billing),Payment Method Title,Order Subtotal Amount,Order Shipping Amount,
Order Refund Amount,Order Total Amount,Order Total Tax Amount,SKU,Item #,Item Name,Quantity (- Refund),
Item Cost,Coupon Code"""),
    "stripe-payments": _columns("""
id,Description,Seller Message,Created (UTC),Amount,Amount Refunded,Currency,Converted Amount,
Converted Amount Refunded,Fee,Tax,Converted Currency,Mode,Status,Statement Descriptor,Customer ID,
Customer Description,Customer Email,Captured,Card ID,Card Last4,Card Brand,Card Funding,Card Exp Month,
Card Exp Year,Card Name,Card Address City,Disputed Amount,Dispute Status,Invoice ID,Payment Source Type,
Destination,Transfer,PaymentIntent ID"""),
    "stripe-customers": _columns("""
id,Email,Name,Phone,Description,Created (UTC),Default Card,Card Number,Card Last 4,Card Type,
Card Country,Currency,Delinquent,Total Spend"""),
    "hubspot-contacts": _columns("""
Record ID,First Name,Last Name,Email,Phone Number,Lifecycle Stage,Contact owner,Create Date"""),
    "klaviyo-profiles": _columns("""
Email,First Name,Last Name,Phone Number,Organization,Title,City,Country,Tags"""),
    "mailchimp-audience": _columns("""
Email Address,First Name,Last Name,Address,Phone Number,Birthday,Tags,MEMBER_RATING,OPTIN_TIME"""),
    "paypal-activity": _columns("""
Date,Time,Time zone,Name,Type,Status,Currency,Gross,Fee,Net,From Email Address,To Email Address,
Transaction ID,Counterparty Status,Shipping Address,Address Status,Option 1 Name,Reference Txn ID,
Quantity,Receipt ID,Country,Contact Phone Number,Subject,Balance Impact,Buyer Wallet"""),
    "gocardless-payments": _columns("""
id,created_at,charge_date,amount,description,currency,status,amount_refunded,reference,transaction_fee,
payout_date,app_fee,links.mandate,links.creditor,links.customer,links.payout,links.subscription,
customers.id,customers.created_at,customers.email,customers.given_name,customers.family_name,
customers.company_name,customers.city"""),
    "typeform-responses": _columns("""
#,What's your name?,What's your email?,Phone number,Submitted At"""),
    "google-forms": _columns("""
Timestamp,Email Address,Your full name,Phone,Anything we should know?"""),
}  # fmt: skip


@dataclass(frozen=True)
class Export:
    """The cells of row `n` that are not empty, and what must come of 30 such rows.

    `cents` is the sum of all that is accepted; `ignored` the rows left out by reason.
    """

    profile: str
    row: Callable[[int], Row]
    table: str
    fields: dict[str, str]
    accepted: int
    customers: int
    cents: int = 0
    ignored: dict[str, int] = field(default_factory=dict)
    fold: str = ""
    zone: str = ""
    attributes: tuple[str, ...] = ()

    @property
    def header(self) -> tuple[str, ...]:
        return HEADERS[self.profile]

    def text(self, columns: tuple[str, ...] = (), rows: int = 30) -> str:
        file = io.StringIO()
        names = columns or self.header
        writer = csv.DictWriter(file, names, restval="", lineterminator="\n", extrasaction="ignore")
        writer.writeheader()
        for row in map(self.row, range(rows)):
            assert set(row) <= set(self.header), set(row) - set(self.header)
            writer.writerow(row)
        return file.getvalue()
