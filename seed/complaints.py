"""Channels, natures and categories of complaints with their days (domain §4.1 and §4.2).

The days are proposals of a provincial centre, not of a law: the ministry edits them.
"""

from typing import Any

CHANNELS = (
    "ด้วยตนเอง (Walk-in)", "สายด่วน 1567", "จดหมาย/ไปรษณีย์", "ตู้ราชสีห์ (ตู้ ปณ. 1)", "เว็บไซต์",
    "แอปพลิเคชัน MOI1567", "หน่วยเคลื่อนที่เร็ว/ลงพื้นที่", "สปน. 1111",
    "ศูนย์ดำรงธรรมกระทรวงมหาดไทย (ศดธ.มท.)", "สื่อสังคมออนไลน์", "ไปรษณีย์อิเล็กทรอนิกส์",
    "ผ่านหน่วยงานอื่น", "อื่น ๆ",
)  # fmt: skip
NATURES = (
    "รับเรื่องร้องเรียน/ร้องทุกข์", "ให้บริการแบบเบ็ดเสร็จ", "ให้บริการข้อมูลข่าวสาร", "ให้คำปรึกษา",
    "บริการรับเรื่อง-ส่งต่อ", "ดำเนินการตามนโยบายสำคัญ", "แก้ไขปัญหาความเดือดร้อนเฉพาะหน้า", "รับข้อเสนอแนะ",
)  # fmt: skip
CATEGORIES: tuple[tuple[str, int, bool], ...] = (
    ("ขอความช่วยเหลือ", 10, False),
    ("ปัญหาความเดือดร้อน", 15, False),
    ("ปัญหาที่ดิน", 15, False),
    ("กล่าวโทษเจ้าหน้าที่รัฐ", 30, True),
    ("แจ้งเบาะแส", 15, True),
    ("หนี้นอกระบบ", 15, False),
    ("ทูลเกล้าฯ ถวายฎีกา", 15, False),
    ("คุ้มครองผู้บริโภค", 15, False),
    ("มลพิษและเหตุรำคาญ", 7, False),
    ("สาธารณูปโภค", 10, False),
    ("ความสงบเรียบร้อย", 7, False),
    ("ทุจริตและประพฤติมิชอบ", 30, True),
    ("ยาเสพติด", 15, True),
    ("แรงงาน", 15, False),
    ("เรื่องทั่วไป", 15, False),
)
"""Name, days, and whether it accuses somebody."""


def channels() -> list[dict[str, Any]]:
    """The ways by which complaints come in."""
    return [_row(position, name=name) for position, name in enumerate(CHANNELS, 1)]


def natures() -> list[dict[str, Any]]:
    """What people come to a centre for."""
    return [_row(position, name=name) for position, name in enumerate(NATURES, 1)]


def categories() -> list[dict[str, Any]]:
    """What complaints are about, with the days of the agency."""
    return [
        _row(position, name=name, days=days, accuses=accuses)
        for position, (name, days, accuses) in enumerate(CATEGORIES, 1)
    ]


def _row(position: int, **told: Any) -> dict[str, Any]:
    return {"id": position, "position": position, "in_use": True, **told}
