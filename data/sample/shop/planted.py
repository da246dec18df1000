"""The truths planted in the sample. README.md names each of them and how to see it."""

from datetime import date

SEED = 20230701
FIRST_DAY = date(2023, 7, 1)
LAST_DAY = date(2025, 12, 31)
DAYS = (LAST_DAY - FIRST_DAY).days + 1
CUSTOMERS = 4000
CAFES = 120

# Buying of home and office customers is BG/NBD: weekly rate ~ Gamma(R, ALPHA weeks),
# chance to leave after each repeat order ~ Beta(A, B). Order values are Gamma-Gamma(P, Q, V).
R, ALPHA, A, B = 0.22, 2.3, 0.6, 4.0
P, Q, V = 6.0, 4.0, 14.0

COUPON = "SPRING25"
COUPON_DAY = date(2025, 4, 7)
COUPON_WINDOW = 60
COUPON_EFFECT = 0.12
COUPON_HABIT = 0.60  # of those who would have ordered anyway, the share that use the coupon

GIFT = "VIP-GIFT"
GIFT_DAY = date(2025, 9, 15)

SLIPPING_CHANNEL = "marketplace"
SLIP_FROM = date(2025, 3, 1)
SLIP_FACTOR = 0.5

DIP_MONTHS = ((2025, 5), (2025, 6))
DIP_POINTS = 2.2

GUEST_SHARE = 0.05
REFUND_SHARE = 0.04

REWARD = "CLUB-BAG"
REWARD_EVERY = 4  # orders of a club member per free bag


def day_number(day: date) -> int:
    """Days since the shop opened: 2023-07-01 is 0."""
    return (day - FIRST_DAY).days
