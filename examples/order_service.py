"""Order processing for a small shop: prices, stock, shipping, payment and what customers are told.

It is an example to try Architect LSP on. Most of it is what one would like to keep; two functions
have grown over the years in the way functions grow.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum

logger = logging.getLogger(__name__)

FREE_SHIPPING_FROM = Decimal("80")
EXPRESS_SURCHARGE = Decimal("9.50")
ISLAND_SURCHARGE = Decimal("12.00")
VAT = {"DE": Decimal("0.19"), "FR": Decimal("0.20"), "ES": Decimal("0.21"), "LU": Decimal("0.17")}


class OrderError(Exception):
    """An order that can't be accepted; the message is for the customer."""


class Tier(Enum):
    """How a customer is rewarded for buying often."""

    BASIC = "basic"
    SILVER = "silver"
    GOLD = "gold"


@dataclass(frozen=True)
class Product:
    """Something we sell. Prices are net, in euros; weight in kilograms."""

    sku: str
    name: str
    price: Decimal
    weight: Decimal = Decimal("0.5")
    fragile: bool = False
    category: str = "general"


@dataclass(frozen=True)
class Address:
    """Where an order goes. ``country`` is an ISO 3166 code."""

    street: str
    city: str
    country: str
    island: bool = False


@dataclass
class Customer:
    """Who buys. ``credit`` is money that we owe them."""

    email: str
    address: Address
    tier: Tier = Tier.BASIC
    vat_id: str | None = None
    credit: Decimal = Decimal("0")
    blocked: bool = False


@dataclass(frozen=True)
class Line:
    """One position of an order."""

    product: Product
    quantity: int

    @property
    def net(self) -> Decimal:
        """Price without tax, before any discount."""
        return self.product.price * self.quantity


@dataclass
class Order:
    """What a customer wants to buy, and what became of it."""

    number: str
    customer: Customer
    lines: list[Line]
    express: bool = False
    coupon: str | None = None
    gift: bool = False
    total: Decimal = Decimal("0")
    status: str = "new"
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Coupon:
    """A code that lowers the price. ``percent`` or ``amount`` is set, not both."""

    code: str
    expires: date
    percent: int = 0
    amount: Decimal = Decimal("0")
    minimum: Decimal = Decimal("0")
    category: str | None = None


class Stock:
    """What lies in the warehouse."""

    def __init__(self, amounts: Mapping[str, int]) -> None:
        self._amounts = dict(amounts)

    def available(self, sku: str) -> int:
        """How many pieces could be sold now."""
        return self._amounts.get(sku, 0)

    def reserve(self, sku: str, quantity: int) -> None:
        """Take pieces out of sale."""
        if self.available(sku) < quantity:
            raise OrderError(f"Only {self.available(sku)} of {sku} left.")
        self._amounts[sku] -= quantity

    def release(self, sku: str, quantity: int) -> None:
        """Put pieces back on sale."""
        self._amounts[sku] = self.available(sku) + quantity


class Payments:
    """A payment provider, as far as this service knows it."""

    def __init__(self, limit: Decimal = Decimal("5000")) -> None:
        self.limit = limit
        self.charged: list[tuple[str, Decimal]] = []

    def charge(self, email: str, amount: Decimal) -> bool:
        """Take money; False if the provider declines."""
        if amount > self.limit:
            return False
        self.charged.append((email, amount))
        return True


class OrderService:
    """Takes orders from the cart to the parcel."""

    def __init__(self, stock: Stock, payments: Payments, coupons: Iterable[Coupon]) -> None:
        self.stock = stock
        self.payments = payments
        self.coupons = {coupon.code: coupon for coupon in coupons}
        self.accepted: list[Order] = []

    def place_order(self, order: Order, today: date) -> Order:
        """Check, price, reserve and charge one order."""
        # validate the order
        if not order.lines:
            raise OrderError("An order needs at least one line.")
        if order.customer.blocked:
            raise OrderError("This account is blocked; please call us.")
        for line in order.lines:
            if line.quantity <= 0:
                raise OrderError(f"The quantity of {line.product.sku} must be positive.")
            if self.stock.available(line.product.sku) < line.quantity:
                if line.product.category == "made-to-order":
                    order.notes.append(f"{line.product.sku} will be made for you")
                else:
                    raise OrderError(f"{line.product.name} is sold out.")

        # price of the goods
        goods = Decimal("0")
        for line in order.lines:
            amount = line.net
            if line.quantity >= 50:
                amount = amount * Decimal("0.90")
            elif line.quantity >= 10:
                amount = amount * Decimal("0.95")
            goods += amount

        # discount of the customer's tier and coupon
        discount = Decimal("0")
        if order.customer.tier is Tier.GOLD:
            discount += goods * Decimal("0.10")
        elif order.customer.tier is Tier.SILVER and goods > Decimal("50"):
            discount += goods * Decimal("0.05")
        if order.coupon:
            coupon = self.coupons.get(order.coupon)
            if coupon is None:
                order.notes.append(f"coupon {order.coupon} is unknown")
            elif coupon.expires < today:
                order.notes.append(f"coupon {order.coupon} has expired")
            elif goods >= coupon.minimum:
                if coupon.percent:
                    discount += goods * coupon.percent / 100
                else:
                    discount += min(coupon.amount, goods - discount)

        # shipping
        shipping = self.shipping_cost(order, goods - discount)
        net = goods - discount + shipping

        # tax: reverse charge for companies abroad
        country = order.customer.address.country
        if order.customer.vat_id and country != "DE":
            tax = Decimal("0")
            order.notes.append("reverse charge")
        else:
            tax = net * VAT.get(country, VAT["DE"])
        total = (net + tax).quantize(Decimal("0.01"))

        # pay with credit first, then charge the rest
        payable = total
        if order.customer.credit > 0:
            used = min(order.customer.credit, payable)
            order.customer.credit -= used
            payable -= used
        if payable > 0 and not self.payments.charge(order.customer.email, payable):
            order.status = "declined"
            raise OrderError("The payment was declined.")

        for line in order.lines:
            if self.stock.available(line.product.sku) >= line.quantity:
                self.stock.reserve(line.product.sku, line.quantity)
        order.total = total
        order.status = "accepted"
        self.accepted.append(order)
        logger.info("accepted %s over %s", order.number, total)
        return order

    def shipping_cost(self, order: Order, goods: Decimal) -> Decimal:
        """Net price of the parcel."""
        weight = sum((line.product.weight * line.quantity for line in order.lines), Decimal("0"))
        cost = Decimal("4.90") if weight <= 5 else Decimal("8.90")
        if goods >= FREE_SHIPPING_FROM:
            cost = Decimal("0")
        if order.express:
            cost += EXPRESS_SURCHARGE
        if order.customer.address.island:
            cost += ISLAND_SURCHARGE
        return cost

    def cancel(self, order: Order) -> None:
        """Give goods and money back."""
        if order.status != "accepted":
            raise OrderError("Only an accepted order can be cancelled.")
        for line in order.lines:
            self.stock.release(line.product.sku, line.quantity)
        order.customer.credit += order.total
        order.status = "cancelled"
        self.accepted.remove(order)


def delivery_promise(order: Order, stock: Stock, today: date, holidays: set[date]) -> str:
    """What the confirmation says about the delivery."""
    days = 1 if order.express else 3
    reasons = []
    for line in order.lines:
        missing = line.quantity - stock.available(line.product.sku)
        if missing > 0 and line.product.category == "made-to-order":
            days = max(days, 14)
            reasons.append(f"{line.product.name} is made for you")
        elif missing > 0:
            days = max(days, 7)
            reasons.append(f"{line.product.name} comes from our supplier")
        if line.product.fragile and not order.express:
            days += 1
    if order.customer.address.island:
        days += 2
        reasons.append("the ferry takes two days")
    elif order.customer.address.country not in VAT:
        days += 4
        reasons.append("customs")
    # count working days only
    arrival = today
    left = days
    while left > 0:
        arrival += timedelta(days=1)
        if arrival.weekday() < 5 and arrival not in holidays:
            left -= 1
    if order.gift and (arrival.month, arrival.day) > (12, 24) and today.month == 12:
        reasons.append("it will not arrive before Christmas")
    text = f"Your parcel arrives on {arrival:%A, %d %B}"
    if reasons:
        text += " (" + ", ".join(reasons) + ")"
    return text + "."


def revenue_by_country(orders: Iterable[Order]) -> dict[str, Decimal]:
    """Gross revenue of accepted orders."""
    revenue: dict[str, Decimal] = {}
    for order in orders:
        if order.status == "accepted":
            country = order.customer.address.country
            revenue[country] = revenue.get(country, Decimal("0")) + order.total
    return revenue
