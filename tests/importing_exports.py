"""Thirty made-up rows of every known export, in the spelling of the product it comes from."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

FIRST = ("Ann", "Bo", "Cleo", "Dag", "Eva", "Finn", "Gro", "Hal", "Ida", "Jon")
LAST = ("Aas", "Berg", "Carlsen", "Dahl", "Egede", "Frost", "Gade", "Holm", "Iversen", "Juhl")
CITIES = ("Aarhus", "Odense", "Kiel", "Lund", "Oslo")
START = datetime(2024, 3, 4, 9, 15, 30)

Row = dict[str, str]


@dataclass(frozen=True)
class Export:
    """A header, the cells of row `n` that are not empty, and what must come of 30 such rows.

    `amount` is the sum of all that is accepted, in cents; `ignored` the rows left out by reason.
    """

    profile: str
    header: tuple[str, ...]
    row: Callable[[int], Row]
    table: str
    fields: dict[str, str]
    accepted: int
    customers: int
    amount: int = 0
    ignored: dict[str, int] = field(default_factory=dict)
    fold: str = ""
    zone: str = ""
    attributes: tuple[str, ...] = ()

    def text(self, rows: int = 30) -> str:
        file = io.StringIO()
        writer = csv.DictWriter(file, self.header, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(map(self.row, range(rows)))
        return file.getvalue()


def email(n: int) -> str:
    return f"{FIRST[n % 10].lower()}.{LAST[n % 10].lower()}@example.com"


def moment(n: int, format: str) -> str:
    return (START + timedelta(days=5 * n, minutes=37 * n)).strftime(format)


def person(n: int, first: str = "First Name", last: str = "Last Name") -> Row:
    return {first: FIRST[n % 10], last: LAST[n // 3 % 10]}


def unique_email(n: int) -> str:
    return f"{FIRST[n % 10].lower()}{n}@example.com"


def _shopify_order(n: int) -> Row:
    """Every third line is a further line of the order above; of the 20 orders one is voided and two are refunded."""
    order = n - n // 3 - (n % 3 == 2)
    line = {"Name": f"#{1001 + order}", "Lineitem quantity": "1", "Lineitem name": f"Tea {n}", "Lineitem price": "5.00",
            "Lineitem sku": f"T-{n:03d}", "Lineitem fulfillment status": "fulfilled", "Vendor": "Fjord"}  # fmt: skip
    if n % 3 == 2:
        return line
    status = {3: "voided", 7: "refunded", 8: "partially_refunded", 11: "refunded"}.get(order, "paid")
    return {
        **line, "Email": email(order), "Financial Status": status, "Paid at": moment(order, "%Y-%m-%d %H:%M:%S +0100"),
        "Fulfillment Status": "fulfilled", "Accepts Marketing": "yes", "Currency": "EUR", "Subtotal": "15.00",
        "Shipping": "5.00", "Taxes": "3.00", "Total": f"{20 + order}.50", "Created at": moment(order, "%Y-%m-%d %H:%M:%S +0100"),
        "Discount Code": "SPRING" if order % 4 == 0 else "", "Discount Amount": "0.00", "Refunded Amount": "4.00" if order == 8 else "0.00",
        "Id": str(5_500_000_000_001 + order), "Billing Name": "Ann Aas", "Billing City": CITIES[order % 5], "Source": "web",
    }  # fmt: skip


def _stripe_payment(n: int) -> Row:
    status = {4: "Failed", 9: "Refunded", 14: "Failed"}.get(n, "Paid")
    return {
        "id": f"ch_3N{n:04d}QxYz", "Created (UTC)": moment(n, "%d/%m/%Y %H:%M"), "Amount": f"{30 + n}.00",
        "Amount Refunded": "2.50" if n == 6 else "0.00", "Currency": "usd", "Converted Amount": f"{27 + n}.10",
        "Converted Amount Refunded": "2.25" if n == 6 else "0.00", "Fee": "1.05", "Tax": "0.00", "Converted Currency": "eur",
        "Mode": "Live", "Status": status, "Statement Descriptor": "FJORD", "Customer ID": f"cus_P{n % 12:03d}aB",
        "Customer Email": email(n), "Captured": "false" if status == "Failed" else "true", "Card Last4": "4242",
        "Card Brand": "Visa", "Card Exp Month": "7", "Card Exp Year": "2027", "Payment Source Type": "card",
        "Card Name": "Ann Aas", "PaymentIntent ID": f"pi_3N{n:04d}",
    }  # fmt: skip


def _paypal(n: int) -> Row:
    kinds = {
        5: "Payment Refund",
        10: "General Withdrawal",
        15: "General Currency Conversion",
        20: "Payment Fee",
    }
    kind = kinds.get(n, "Express Checkout Payment")
    sold = kind == "Express Checkout Payment"
    status = "Pending" if n == 25 else "Completed"
    return {
        "Date": moment(n, "%d/%m/%Y"), "Time": moment(n, "%H:%M:%S"), "Time zone": "CET" if n < 6 else "CEST",
        "Name": "Ann Aas", "Type": kind, "Status": status, "Currency": "EUR",
        "Gross": f"{1200 + n:,}.50" if sold else "-20.00", "Fee": "-1.20" if sold else "0.00", "Net": f"{1199 + n:,}.30" if sold else "-20.00",
        "From Email Address": email(n) if sold else "shop@example.com", "To Email Address": "shop@example.com" if sold else email(n),
        "Transaction ID": f"4XJ{n:05d}KL", "Quantity": "1", "Country": "DK", "Subject": "Tea", "Balance Impact": "Credit" if sold else "Debit",
    }  # fmt: skip


def _gocardless(n: int) -> Row:
    status = {3: "failed", 8: "cancelled", 12: "charged_back", 29: "pending_submission"}.get(
        n, "paid_out" if n < 25 else "confirmed"
    )
    return {
        "id": f"PM00{n:04d}ABC", "created_at": moment(n, "%d/%m/%Y %H:%M"), "charge_date": moment(n, "%d/%m/%Y"),
        "amount": f"{15 + n}.00", "description": "Club", "currency": "EUR", "status": status, "amount_refunded": "0.00",
        "transaction_fee": "0.35", "links.mandate": f"MD{n % 9:04d}", "links.customer": f"CU{n % 9:05d}", "customers.id": f"CU{n % 9:05d}",
        "customers.email": email(n), "customers.given_name": FIRST[n % 9], "customers.family_name": LAST[n % 9], "customers.city": "Kiel",
    }  # fmt: skip


def _customer(n: int, **cells: str) -> Row:
    return {**person(n), "Email": unique_email(n), "Phone": f"+45 2000 {n:04d}", **cells}


EXPORTS = (
    Export(
        "shopify-orders",
        tuple(
            ["Name", "Email", "Financial Status", "Paid at", "Fulfillment Status", "Fulfilled at", "Accepts Marketing", "Currency", "Subtotal", "Shipping", "Taxes", "Total", "Discount Code", "Discount Amount", "Shipping Method", "Created at", "Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem compare at price", "Lineitem sku", "Lineitem requires shipping", "Lineitem taxable", "Lineitem fulfillment status", "Billing Name", "Billing Street", "Billing City", "Billing Zip", "Billing Country", "Billing Phone", "Shipping Name", "Shipping City", "Shipping Country", "Notes", "Cancelled at", "Payment Method", "Payment Reference", "Refunded Amount", "Vendor", "Outstanding Balance", "Id", "Tags", "Risk Level", "Source", "Lineitem discount", "Tax 1 Name", "Tax 1 Value", "Phone"]
        ),
        _shopify_order, "transactions",
        {"customer_id": "Email", "ts": "Created at", "amount": "Total", "transaction_id": "Name", "currency": "Currency",
         "incentive": "Discount Code"},
        accepted=17, customers=9, amount=sum(2050 + 100 * n for n in range(20) if n not in (3, 7, 11)),
        ignored={"further line of the order": 10, "Financial Status: refunded": 2, "Financial Status: voided": 1}, fold="Name",
    ),
    Export(
        "shopify-customers",
        tuple(
            ["Customer ID", "First Name", "Last Name", "Email", "Accepts Email Marketing", "Default Address Company", "Default Address Address1", "Default Address City", "Default Address Province Code", "Default Address Country Code", "Default Address Zip", "Default Address Phone", "Phone", "Accepts SMS Marketing", "Total Spent", "Total Orders", "Note", "Tax Exempt", "Tags"]
        ),
        lambda n: _customer(n, **{
            "Customer ID": f"'{7_100_000_000_000 + n}", "Accepts Email Marketing": "yes" if n % 2 else "no", "Total Spent": f"{n}.00",
            "Total Orders": str(n % 4), "Default Address City": CITIES[n % 5], "Default Address Country Code": "DK",
            "Default Address Address1": f"Street {n}", "Accepts SMS Marketing": "no", "Tax Exempt": "no", "Tags": "vip" if n % 7 == 0 else "",
        }), "customers",
        {"customer_id": "Email", "name": "First Name & Last Name", "email": "Email", "phone": "Phone", "consent": "Accepts Email Marketing"},
        accepted=30, customers=30,
        attributes=("Default Address City", "Default Address Province Code", "Default Address Country Code", "Tags"),
    ),
    Export(
        "woocommerce-customers",
        tuple(["Customer ID", "Username", "First name", "Last name", "Email", "Billing Phone", "City", "Total spend", "Order count"]),
        lambda n: {
            **person(n, "First name", "Last name"), "Customer ID": str(40 + n), "Username": f"user{n}", "Email": unique_email(n),
            "Billing Phone": f"2000{n:04d}", "City": CITIES[n % 5], "Total spend": f"{10 * n}.50", "Order count": str(n % 5),
        }, "customers",
        {"customer_id": "Email", "name": "First name & Last name", "email": "Email", "phone": "Billing Phone"},
        accepted=30, customers=30, attributes=("City",),
    ),
    Export(
        "woocommerce-orders",
        tuple(
            ["Order Number", "Order Status", "Order Date", "Customer Note", "First Name (Billing)", "Last Name (Billing)", "Email (Billing)", "Phone (Billing)", "Payment Method Title", "Order Subtotal Amount", "Order Shipping Amount", "Order Refund Amount", "Order Total Amount", "Order Total Tax Amount", "SKU", "Item #", "Item Name", "Quantity (- Refund)", "Item Cost", "Coupon Code"]
        ),
        lambda n: {
            "Order Number": str(900 + n), "Order Status": "Cancelled" if n % 10 == 9 else "Completed", "Order Date": moment(n, "%Y-%m-%d %H:%M"),
            "Email (Billing)": email(n), "Order Subtotal Amount": "10.00", "Order Refund Amount": "0.00", "Order Total Amount": f"{12 + n}.00",
            "SKU": f"S{n}", "Item #": "1", "Item Name": "Tea", "Quantity (- Refund)": "2", "Item Cost": "5.00",
        }, "transactions",
        {"customer_id": "Email (Billing)", "ts": "Order Date", "amount": "Order Total Amount", "transaction_id": "Order Number",
         "incentive": "Coupon Code"},
        accepted=27, customers=9, amount=sum(1200 + 100 * n for n in range(30) if n % 10 != 9),
        ignored={"Order Status: Cancelled": 3}, fold="Order Number",
    ),
    Export(
        "stripe-payments",
        tuple(
            ["id", "Description", "Seller Message", "Created (UTC)", "Amount", "Amount Refunded", "Currency", "Converted Amount", "Converted Amount Refunded", "Fee", "Tax", "Converted Currency", "Mode", "Status", "Statement Descriptor", "Customer ID", "Customer Description", "Customer Email", "Captured", "Card ID", "Card Last4", "Card Brand", "Card Funding", "Card Exp Month", "Card Exp Year", "Card Name", "Card Address City", "Disputed Amount", "Dispute Status", "Invoice ID", "Payment Source Type", "Destination", "Transfer", "PaymentIntent ID"]
        ),
        _stripe_payment, "transactions",
        {"customer_id": "Customer ID", "ts": "Created (UTC)", "amount": "Converted Amount", "currency": "Converted Currency",
         "transaction_id": "id"},
        accepted=27, customers=12, amount=sum(2710 + 100 * n for n in range(30) if n not in (4, 9, 14)),
        ignored={"Status: Failed": 2, "Status: Refunded": 1}, zone="UTC",
    ),
    Export(
        "stripe-customers",
        tuple(["id", "Email", "Name", "Phone", "Description", "Created (UTC)", "Default Card", "Card Number", "Card Last 4", "Card Type", "Card Country", "Currency", "Delinquent", "Total Spend"]),
        lambda n: {
            "id": f"cus_P{n:03d}aB", "Email": unique_email(n), "Name": f"{FIRST[n % 10]} {LAST[n // 10]}", "Created (UTC)": moment(n, "%d/%m/%Y %H:%M"),
            "Card Last 4": "4242", "Card Country": "DK", "Currency": "eur", "Delinquent": "false", "Total Spend": f"{n}.00",
        }, "customers",
        {"customer_id": "id", "first_seen": "Created (UTC)", "name": "Name", "email": "Email", "phone": "Phone"},
        accepted=30, customers=30, zone="UTC", attributes=("Card Country", "Delinquent"),
    ),
    Export(
        "hubspot-contacts",
        tuple(["Record ID", "First Name", "Last Name", "Email", "Phone Number", "Lifecycle Stage", "Contact owner", "Create Date"]),
        lambda n: {
            **person(n), "Record ID": str(151 + 7 * n), "Email": unique_email(n), "Phone Number": f"+45 {n:08d}",
            "Lifecycle Stage": ("Lead", "Customer", "Subscriber")[n % 3], "Contact owner": "Mia Moe", "Create Date": moment(n, "%Y-%m-%d %H:%M"),
        }, "customers",
        {"customer_id": "Email", "first_seen": "Create Date", "name": "First Name & Last Name", "email": "Email", "phone": "Phone Number"},
        accepted=30, customers=30, attributes=("Lifecycle Stage",),
    ),
    Export(
        "klaviyo-profiles",
        tuple(["Email", "First Name", "Last Name", "Phone Number", "Organization", "Title", "City", "Country", "Tags"]),
        lambda n: {**person(n), "Email": unique_email(n), "City": CITIES[n % 5], "Country": "Denmark", "Tags": "tea" if n % 3 else ""},
        "customers",
        {"customer_id": "Email", "name": "First Name & Last Name", "email": "Email", "phone": "Phone Number"},
        accepted=30, customers=30, attributes=("City", "Country", "Tags"),
    ),
    Export(
        "mailchimp-audience",
        tuple(["Email Address", "First Name", "Last Name", "Address", "Phone Number", "Birthday", "Tags", "MEMBER_RATING", "OPTIN_TIME"]),
        lambda n: {
            **person(n), "Email Address": unique_email(n), "Address": f"Street {n}  Kiel", "Birthday": "05/07", "Tags": '"tea"',
            "MEMBER_RATING": str(1 + n % 5), "OPTIN_TIME": moment(n, "%Y-%m-%d %H:%M:%S"),
        }, "customers",
        {"customer_id": "Email Address", "first_seen": "OPTIN_TIME", "name": "First Name & Last Name", "email": "Email Address",
         "phone": "Phone Number"},
        accepted=30, customers=30, zone="UTC", attributes=("Tags", "MEMBER_RATING"),
    ),
    Export(
        "paypal-activity",
        tuple(
            ["Date", "Time", "Time zone", "Name", "Type", "Status", "Currency", "Gross", "Fee", "Net", "From Email Address", "To Email Address", "Transaction ID", "Counterparty Status", "Shipping Address", "Address Status", "Option 1 Name", "Reference Txn ID", "Quantity", "Receipt ID", "Country", "Contact Phone Number", "Subject", "Balance Impact", "Buyer Wallet"]
        ),
        _paypal, "transactions",
        {"customer_id": "From Email Address", "ts": "Date & Time", "amount": "Gross", "transaction_id": "Transaction ID", "currency": "Currency"},
        accepted=25, customers=9, amount=sum(120_050 + 100 * n for n in range(30) if n % 5 or n == 0),
        ignored={"Status: Pending": 1, "Type: Payment Refund": 1, "Type: General Withdrawal": 1, "Type: General Currency Conversion": 1,
                 "Type: Payment Fee": 1},
        zone="Europe/Berlin",
    ),
    Export(
        "gocardless-payments",
        tuple(
            ["id", "created_at", "charge_date", "amount", "description", "currency", "status", "amount_refunded", "reference", "transaction_fee", "payout_date", "app_fee", "links.mandate", "links.creditor", "links.customer", "links.payout", "links.subscription", "customers.id", "customers.created_at", "customers.email", "customers.given_name", "customers.family_name", "customers.company_name", "customers.city"]
        ),
        _gocardless, "transactions",
        {"customer_id": "customers.id", "ts": "charge_date", "amount": "amount", "currency": "currency", "transaction_id": "id"},
        accepted=26, customers=9, amount=sum(1500 + 100 * n for n in range(30) if n not in (3, 8, 12, 29)),
        ignored={"status: failed": 1, "status: cancelled": 1, "status: charged_back": 1, "status: pending_submission": 1},
    ),
    Export(
        "typeform-responses",
        tuple(["#", "What's your name?", "What's your email?", "Phone number", "Submitted At"]),
        lambda n: {
            "#": f"{n:x}7f3a9c{n:04x}", "What's your name?": FIRST[n % 10], "What's your email?": email(n),
            "Phone number": f"'+45{n:08d}", "Submitted At": moment(n, "%Y-%m-%d %H:%M:%S"),
        }, "interactions",
        {"customer_id": "What's your email?", "ts": "Submitted At", "kind": "'form'"},
        accepted=30, customers=10, zone="UTC",
    ),
    Export(
        "google-forms",
        tuple(["Timestamp", "Email Address", "Your full name", "Phone", "Anything we should know?"]),
        lambda n: {
            "Timestamp": moment(n, "%m/%d/%Y %H:%M:%S"), "Email Address": email(n), "Your full name": FIRST[n % 10],
            "Phone": f"{n:08d}", "Anything we should know?": "No" if n % 2 else "",
        }, "interactions",
        {"customer_id": "Email Address", "ts": "Timestamp", "kind": "'form'"},
        accepted=30, customers=10,
    ),
)  # fmt: skip
