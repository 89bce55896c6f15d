"""One row of every entity of correspondence at a home; `tests/factories.py` takes them up."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from entities.base import Base
from entities.vocabulary import (
    DocumentStatus,
    EndorsementAction,
    RegisterKind,
    SendMethod,
)
from models import (
    Agency,
    DestructionBatch,
    DestructionItem,
    Distribution,
    Document,
    Endorsement,
    Loan,
    OfficeUnit,
    RegisterBook,
    RegisterNumber,
    SecretPaper,
)

if TYPE_CHECKING:
    from tests.factories import Home, Rows

NOW = datetime(2026, 1, 5, 3, 0, tzinfo=UTC)
DAY = date(2026, 1, 5)


def _unit(home: "Home", rows: "Rows") -> OfficeUnit:
    code = {"neighbour": "0018"}.get(home.mark, "0017")
    return OfficeUnit(province_id=home.province_id, name=f"ฝ่าย {home.mark}", code=code)


def _book(home: "Home", rows: "Rows") -> RegisterBook:
    return RegisterBook(
        province_id=home.province_id,
        name=f"ทะเบียนหนังสือรับ {home.mark}",
        unit=rows[OfficeUnit],
        kind=RegisterKind.ANNOUNCEMENT,
        year=2025,
    )


def _document(home: "Home", rows: "Rows") -> Document:
    return Document(
        province_id=home.province_id,
        subject=f"ขอเชิญประชุม {home.mark}",
        register_kind=RegisterKind.SENT,
        unit=rows[OfficeUnit],
        to_party="กรมการปกครอง",
        status=DocumentStatus.DRAFT,
    )


def _secret(home: "Home", rows: "Rows") -> SecretPaper:
    return SecretPaper(
        province_id=home.province_id, document=rows[Document], subject=f"ลับ {home.mark}"
    )


def _number(home: "Home", rows: "Rows") -> RegisterNumber:
    return RegisterNumber(
        province_id=home.province_id,
        register=rows[RegisterBook],
        number=1,
        written=f"1/2568 {home.mark}",
        owner_name="ฝ่ายอำนวยการ",
        reason="รอลงนาม",
        expires_on=DAY,
    )


def _endorsement(home: "Home", rows: "Rows") -> Endorsement:
    return Endorsement(
        province_id=home.province_id,
        text=f"ทราบ ดำเนินการ {home.mark}",
        document=rows[Document],
        position=1,
        action=EndorsementAction.ACT,
        signer_name="หัวหน้าสำนักงานจังหวัด",
        signed_at=NOW,
    )


def _distribution(home: "Home", rows: "Rows") -> Distribution:
    return Distribution(
        province_id=home.province_id,
        recipient=f"ที่ทำการ {home.mark}",
        document=rows[Document],
        number=f"ลบ 0017/1 {home.mark}",
        subject="ขอเชิญประชุม",
        agency=rows[Agency],
        method=SendMethod.SYSTEM,
        sent_at=NOW,
    )


def _loan(home: "Home", rows: "Rows") -> Loan:
    return Loan(
        province_id=home.province_id,
        borrower=f"ผู้ยืม {home.mark}",
        document=rows[Document],
        lent_on=DAY,
        due_on=DAY,
    )


def _batch(home: "Home", rows: "Rows") -> DestructionBatch:
    return DestructionBatch(
        province_id=home.province_id,
        name=f"บัญชีหนังสือขอทำลาย {home.mark}",
        number=2 if home.mark == "neighbour" else 1,
        year=2025,
        surveyed_on=DAY,
    )


def _item(home: "Home", rows: "Rows") -> DestructionItem:
    return DestructionItem(
        province_id=home.province_id,
        batch=rows[DestructionBatch],
        position=1,
        document=rows[Document],
    )


DOCUMENTS: dict[type[Base], Callable[["Home", "Rows"], Any]] = {
    OfficeUnit: _unit,
    RegisterBook: _book,
    Document: _document,
    SecretPaper: _secret,
    RegisterNumber: _number,
    Endorsement: _endorsement,
    Distribution: _distribution,
    Loan: _loan,
    DestructionBatch: _batch,
    DestructionItem: _item,
}
