"""`BenchCase`: a class like any of the office's, declared by `field()`, with its rule and policy.

It is registered only where the bench runs. Labels are messages of the product, so that they
cost what labels cost there; where none fits, a plain Thai text stands.
"""

from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, Session

from access import policy
from admin_views import areas
from admin_views.base import EntityView
from entities import dates
from entities.base import LONG, Base, InProvince, check, field, listing, relation, to, unique
from entities.territory import District
from entities.vocabulary import FollowUpStatus, Role, Sector
from rules import numbers
from rules.base import complete

WRITERS = frozenset({Role.PROVINCE_ADMIN, Role.MINISTRY_ADMIN})


class BenchCase(InProvince, Base):
    """A citizen's case: ten listed columns, and a text of 300 characters that is searched."""

    __tablename__ = "bench_case"
    __label__ = "เรื่องทดสอบ", "เรื่องทดสอบความเร็ว"
    __order__ = "-received_on"
    __numbered__ = True
    __rules__ = (
        unique("bench_case_number", "province_id", "number"),
        listing("bench_case_status", "status", "received_on"),
        listing("bench_case_province_status", "province_id", "status", "received_on"),
        check("closed_after_received", "closed_on IS NULL OR closed_on >= received_on"),
    )
    number: Mapped[str] = field(_l("Number"), computed=True, listed=True, searched=True)
    subject: Mapped[str] = field(_l("Subject"), listed=True, searched=True)
    detail: Mapped[str] = field(_l("Facts"), LONG, searched=True)
    status: Mapped[FollowUpStatus] = field(
        _l("Status"),
        computed=True,
        listed=True,
        filtered=True,
        default=FollowUpStatus.NOT_STARTED,
    )
    sector: Mapped[Sector] = field(_l("Sector"), listed=True, filtered=True, optional=True)
    district_id: Mapped[int] = field(_l("District"), to("district"), listed=True)
    district: Mapped[District] = relation(district_id)
    complainant: Mapped[str] = field("ผู้ร้อง", listed=True)
    phone: Mapped[str | None] = field(_l("Telephone"))
    officer: Mapped[str | None] = field(_l("Person responsible"), listed=True, optional=True)
    amount: Mapped[int | None] = field("จำนวนเงิน (บาท)", listed=True)
    received_on: Mapped[date] = field("วันที่รับเรื่อง", listed=True, filtered=True, sorted=True)
    due_on: Mapped[date | None] = field(_l("Due on"), listed=True, filtered=True)
    closed_on: Mapped[date | None] = field("วันที่ยุติเรื่อง", computed=True)

    def __str__(self) -> str:
        return self.number


def series(province_id: int, year: int) -> str:
    """The counter of a province's cases in a year of the Buddhist era."""
    return f"bench_case {province_id} {year}"


def number_of(province_id: int, year: int, count: int) -> str:
    """A case's number, the same nowhere else in the nation: "16-2569-000123"."""
    return f"{province_id:02}-{year}-{count:06}"


def register() -> None:
    """Give the class its rule, its line in the policy and its screen; before the app is made."""
    if BenchCase in policy.POLICY:
        return
    complete(BenchCase)(_numbered)
    policy.POLICY[BenchCase] = {**policy.KEPT, "create": WRITERS, "edit": WRITERS}
    areas.AREAS.insert(0, ("bench", "ทดสอบความเร็ว", [(BenchCase, EntityView)]))


def _numbered(case: BenchCase, session: Session) -> None:
    if case.number is None and case.province_id is not None:
        year = dates.be_year(dates.today())
        count = numbers.take(session, series(case.province_id, year))
        case.number = number_of(case.province_id, year, count)
