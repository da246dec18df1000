"""Thirty made-up rows of every known export of sales and of people, in the spelling of the product it comes from."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.importing_headers import Export, Row

FIRST = ("Ann", "Bo", "Cleo", "Dag", "Eva", "Finn", "Gro", "Hal", "Ida", "Jon")
LAST = ("Aas", "Berg", "Carlsen", "Dahl", "Egede", "Frost", "Gade", "Holm", "Iversen", "Juhl")
CITIES = ("Aarhus", "Odense", "Kiel", "Lund", "Oslo")
START = datetime(2024, 3, 4, 9, 15, 30)


def email(n: int) -> str:
    return f"{FIRST[n % 10].lower()}.{LAST[n % 10].lower()}@example.com"


def one_of_thirty(n: int) -> str:
    return f"{FIRST[n % 10].lower()}{n}@example.com"


def moment(n: int, format: str) -> str:
    return (START + timedelta(days=5 * n, minutes=37 * n)).strftime(format)


def _cells(text: str) -> Row:
    """Cells that are the same on every row: `Mode: Live | Fee: 1.05`."""
    return dict(part.split(": ", 1) for part in text.split(" | "))


def _person(n: int, first: str = "First Name", last: str = "Last Name") -> Row:
    return {first: FIRST[n % 10], last: LAST[n // 3 % 10]}


def _shopify_order(n: int) -> Row:
    """Every third line is a further line of the order above; of the 20 orders one is voided and two are refunded.

    Of order 8 some was paid back; the last has no cell for it.
    """
    order = n - n // 3 - (n % 3 == 2)
    line = {"Name": f"#{1001 + order}", "Lineitem name": f"Tea {n}", "Lineitem sku": f"T-{n:03d}"}
    line |= _cells("Lineitem quantity: 1 | Lineitem price: 5.00 | Vendor: Fjord")
    if n % 3 == 2:
        return line
    when = moment(order, "%Y-%m-%d %H:%M:%S +0100")
    status = {3: "voided", 7: "refunded", 8: "partially_refunded", 11: "refunded"}.get(order, "paid")
    line |= _cells("Accepts Marketing: yes | Currency: EUR | Subtotal: 15.00 | Shipping: 5.00 | Source: web")
    line |= {"Email": email(order), "Financial Status": status, "Paid at": when, "Created at": when}
    line |= {"Total": f"{20 + order}.50", "Refunded Amount": {8: "4.00", 19: ""}.get(order, "0.00")}
    return line | {"Discount Code": "" if order % 4 else "SPRING", "Id": str(5_500_000_000_001 + order)}


def _shopify_customer(n: int) -> Row:
    cells = _cells("Default Address Country Code: DK | Accepts SMS Marketing: no | Tax Exempt: no")
    cells |= {"Customer ID": f"'{7_100_000_000_000 + n}", "Email": one_of_thirty(n), "Phone": f"+45 {n:08d}"}
    cells |= {"Accepts Email Marketing": "yes" if n % 2 else "no", "Default Address City": CITIES[n % 5]}
    return (
        _person(n)
        | cells
        | {"Total Spent": f"{n}.00", "Total Orders": str(n % 4), "Tags": "" if n % 7 else "vip"}
    )


def _woocommerce_order(n: int) -> Row:
    """Every fifth line is a second product of the order above, with the order's columns filled once more."""
    order = n - (n % 5 == 1)
    cells = _cells("Order Subtotal Amount: 10.00 | Item Name: Tea | Item Cost: 5.00")
    cells |= {"Order Number": str(900 + order), "Order Status": "Completed" if n % 10 < 9 else "Cancelled"}
    cells |= {"Order Date": moment(order, "%Y-%m-%d %H:%M"), "Email (Billing)": email(order), "SKU": f"S{n}"}
    cells |= {"Order Refund Amount": "3.00" if order == 12 else "0.00", "Quantity (- Refund)": "2"}
    return cells | {"Order Total Amount": f"{12 + order}.00"}


def _woocommerce_customer(n: int) -> Row:
    cells = {
        "Customer ID": str(40 + n),
        "Username": f"user{n}",
        "Email": one_of_thirty(n),
        "City": CITIES[n % 5],
    }
    cells |= {"Billing Phone": f"2000{n:04d}", "Total spend": f"{10 * n}.50", "Order count": str(n % 5)}
    return _person(n, "First name", "Last name") | cells


def _stripe_payment(n: int) -> Row:
    status = {4: "Failed", 9: "Refunded", 14: "Failed"}.get(n, "Paid")
    cells = _cells(
        "Currency: usd | Converted Currency: eur | Mode: Live | Fee: 1.05 | Tax: 0.00 | Card Last4: 4242"
    )
    cells |= {"id": f"ch_3N{n:04d}QxYz", "PaymentIntent ID": f"pi_3N{n:04d}", "Customer Email": email(n)}
    cells |= {
        "Created (UTC)": moment(n, "%d/%m/%Y %H:%M"),
        "Customer ID": f"cus_P{n % 12:03d}aB",
        "Status": status,
    }
    cells |= {"Amount": f"{30 + n}.00", "Amount Refunded": "2.50" if n == 6 else "0.00"}
    cells |= {"Converted Amount": f"{27 + n}.10", "Converted Amount Refunded": "2.25" if n == 6 else "0.00"}
    return cells | {"Captured": "false" if status == "Failed" else "true"}


def _stripe_customer(n: int) -> Row:
    cells = _cells("Card Last 4: 4242 | Card Country: DK | Currency: eur | Delinquent: false")
    cells |= {"id": f"cus_P{n:03d}aB", "Email": one_of_thirty(n), "Name": f"{FIRST[n % 10]} {LAST[n // 10]}"}
    return cells | {"Created (UTC)": moment(n, "%d/%m/%Y %H:%M"), "Total Spend": f"{n}.00"}


def _hubspot_contact(n: int) -> Row:
    cells = {"Record ID": str(151 + 7 * n), "Email": one_of_thirty(n), "Phone Number": f"+45 {n:08d}"}
    cells |= {"Lifecycle Stage": ("Lead", "Customer", "Subscriber")[n % 3], "Contact owner": "Mia Moe"}
    return _person(n) | cells | {"Create Date": moment(n, "%Y-%m-%d %H:%M")}


def _klaviyo_profile(n: int) -> Row:
    cells = {
        "Email": one_of_thirty(n),
        "City": CITIES[n % 5],
        "Country": "Denmark",
        "Tags": "tea" if n % 3 else "",
    }
    return _person(n) | cells


def _mailchimp_member(n: int) -> Row:
    cells = {
        "Email Address": one_of_thirty(n),
        "Address": f"Street {n}  Kiel",
        "Birthday": "05/07",
        "Tags": '"tea"',
    }
    return (
        _person(n) | cells | {"MEMBER_RATING": str(1 + n % 5), "OPTIN_TIME": moment(n, "%Y-%m-%d %H:%M:%S")}
    )


def _paypal(n: int) -> Row:
    """Of rows 5 and 24 the money goes back to a customer, of 26 to the business, of 27 to somebody it bought from."""
    kinds = {
        5: "Payment Refund",
        10: "General Withdrawal",
        15: "General Currency Conversion",
        20: "Payment Fee",
        24: "Chargeback",
        26: "Payment Refund",
        27: "General Payment",
    }
    sold = n not in kinds or n == 26
    cells = _cells("Name: Ann Aas | Currency: EUR | Quantity: 1 | Country: DK | Subject: Tea")
    cells |= {
        "Date": moment(n, "%d/%m/%Y"),
        "Time": moment(n, "%H:%M:%S"),
        "Time zone": "CET" if n < 6 else "CEST",
    }
    cells |= {
        "Type": kinds.get(n, "Express Checkout Payment"),
        "Status": {25: "Pending", 4: "Partially Refunded"}.get(n, "Completed"),
    }
    cells |= {
        "Gross": f"{1200 + n:,}.50" if sold else "-20.00",
        "Balance Impact": "Credit" if sold else "Debit",
    }
    cells |= {
        "From Email Address": email(n) if sold else "shop@example.com",
        "Transaction ID": f"4XJ{n:05d}KL",
    }
    return cells | {"To Email Address": "shop@example.com" if sold else email(n)}


def _gocardless(n: int) -> Row:
    status = {3: "failed", 8: "cancelled", 12: "charged_back", 29: "pending_submission"}
    cells = _cells("description: Club | currency: EUR | amount_refunded: 0.00 | transaction_fee: 0.35")
    cells |= {"id": f"PM00{n:04d}ABC", "created_at": moment(n, "%d/%m/%Y %H:%M"), "amount": f"{15 + n}.00"}
    cells |= {
        "charge_date": moment(n, "%d/%m/%Y"),
        "status": status.get(n, "paid_out" if n < 25 else "confirmed"),
    }
    cells |= {
        "links.mandate": f"MD{n % 9:04d}",
        "links.customer": f"CU{n % 9:05d}",
        "customers.email": email(n),
    }
    return cells | {"customers.id": f"CU{n % 9:05d}", "customers.given_name": FIRST[n % 9]}


def _typeform(n: int) -> Row:
    cells = {"#": f"{n:x}7f3a9c{n:04x}", "What's your name?": FIRST[n % 10], "What's your email?": email(n)}
    return cells | {"Phone number": f"'+45{n:08d}", "Submitted At": moment(n, "%Y-%m-%d %H:%M:%S")}


def _google_form(n: int) -> Row:
    cells = {"Timestamp": moment(n, "%m/%d/%Y %H:%M:%S"), "Email Address": email(n), "Phone": f"{n:08d}"}
    return cells | {"Your full name": FIRST[n % 10], "Anything we should know?": "No" if n % 2 else ""}


def _fields(text: str) -> dict[str, str]:
    return dict(part.split(" = ") for part in text.split("; "))


_NAMES = "name = First Name & Last Name"
_ADDRESS = "Default Address City,Default Address Province Code,Default Address Country Code,Tags"

EXPORTS = (
    Export(
        "shopify-orders", _shopify_order, "transactions",
        _fields("customer_id = Email; ts = Created at; amount = Total - `Refunded Amount`?; transaction_id = Name; "
                "currency = Currency; incentive = Discount Code"),
        17, 10, sum(2050 + 100 * n for n in range(20) if n not in (3, 7, 11)) - 400,
        {"further line of the order": 10, "Financial Status: refunded": 2, "Financial Status: voided": 1}, "Name",
    ),
    Export(
        "shopify-customers", _shopify_customer, "customers",
        _fields(f"customer_id = Email; {_NAMES}; email = Email; phone = Phone; consent = Accepts Email Marketing"),
        30, 30, attributes=tuple(_ADDRESS.split(",")),
    ),
    Export(
        "woocommerce-orders", _woocommerce_order, "transactions",
        _fields("customer_id = Email (Billing); ts = Order Date; transaction_id = Order Number; "
                "amount = `Order Total Amount` - `Order Refund Amount`?; incentive = Coupon Code"),
        21, 7, sum(1200 + 100 * n for n in range(30) if n % 10 != 9 and n % 5 != 1) - 300,
        {"further line of the order": 6, "Order Status: Cancelled": 3}, "Order Number",
    ),
    Export(
        "woocommerce-customers", _woocommerce_customer, "customers",
        _fields("customer_id = Email; name = First name & Last name; email = Email; phone = Billing Phone"),
        30, 30, attributes=("City",),
    ),
    Export(
        "stripe-payments", _stripe_payment, "transactions",
        _fields("customer_id = Customer ID; ts = Created (UTC); transaction_id = id; currency = Converted Currency; "
                "amount = `Converted Amount` - `Converted Amount Refunded`?"),
        27, 12, sum(2710 + 100 * n for n in range(30) if n not in (4, 9, 14)) - 225,
        {"Status: Failed": 2, "Status: Refunded": 1}, zone="UTC",
    ),
    Export(
        "stripe-customers", _stripe_customer, "customers",
        _fields("customer_id = id; first_seen = Created (UTC); name = Name; email = Email; phone = Phone"),
        30, 30, zone="UTC", attributes=("Card Country", "Delinquent"),
    ),
    Export(
        "hubspot-contacts", _hubspot_contact, "customers",
        _fields(f"customer_id = Email; first_seen = Create Date; {_NAMES}; email = Email; phone = Phone Number"),
        30, 30, attributes=("Lifecycle Stage",),
    ),
    Export(
        "klaviyo-profiles", _klaviyo_profile, "customers",
        _fields(f"customer_id = Email; {_NAMES}; email = Email; phone = Phone Number"),
        30, 30, attributes=("City", "Country", "Tags"),
    ),
    Export(
        "mailchimp-audience", _mailchimp_member, "customers",
        _fields(f"customer_id = Email Address; first_seen = OPTIN_TIME; {_NAMES}; email = Email Address; "
                "phone = Phone Number"),
        30, 30, zone="UTC", attributes=("Tags", "MEMBER_RATING"),
    ),
    Export(
        "paypal-activity", _paypal, "transactions",
        _fields("customer_id = From Email Address; ts = Date & Time; amount = Gross; currency = Currency; "
                "transaction_id = Transaction ID"),
        24, 10, sum(120_050 + 100 * n for n in range(30) if n not in (5, 10, 15, 20, 24, 25, 26, 27)) - 2 * 2000,
        {"Status: Pending": 1, "Type: Payment Refund": 1, "Type: General Withdrawal": 1, "Type: Payment Fee": 1,
         "Type: General Currency Conversion": 1, "Balance Impact: Debit": 1},
        zone="Europe/Berlin",
    ),
    Export(
        "gocardless-payments", _gocardless, "transactions",
        _fields("customer_id = customers.id; ts = charge_date; amount = amount - amount_refunded?; "
                "currency = currency; transaction_id = id"),
        26, 9, sum(1500 + 100 * n for n in range(30) if n not in (3, 8, 12, 29)),
        {f"status: {status}": 1 for status in ("failed", "cancelled", "charged_back", "pending_submission")},
    ),
    Export(
        "typeform-responses", _typeform, "interactions",
        _fields("customer_id = What's your email?; ts = Submitted At; kind = 'form'"), 30, 10, zone="UTC",
    ),
    Export(
        "google-forms", _google_form, "interactions",
        _fields("customer_id = Email Address; ts = Timestamp; kind = 'form'"), 30, 10,
    ),
)  # fmt: skip
