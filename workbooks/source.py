"""The packet's last sheet: where its data came from, so that any figure on it can be traced."""

from access import audit
from entities.base import Base
from workbooks.sections import Packet, Used, section
from workbooks.sheets import Sheet

SYSTEM = "ระบบ (คำสั่งบนเครื่อง)"


@section("source", "ที่มาของข้อมูล", 1000)
def source(packet: Packet) -> None:
    """Moment, maker, filter, the records of each sheet, and the seal of the audit."""
    sheet = packet.sheet([20, 25, 9, 19, 19])
    sheet.title(packet.title)
    sheet.gap()
    length, seal = audit.head(packet.session, packet.meeting.province_id)
    viewer = packet.viewer
    maker = SYSTEM if viewer.system else " ".join(filter(None, (viewer.name, viewer.position)))
    chain = packet.dossier.place if packet.meeting.province_id is not None else "ส่วนกลาง"
    for label, value in (
        ("เอกสาร", f"เอกสารประกอบการประชุม {packet.meeting.name}"),
        ("ข้อมูล ณ", packet.now),
        ("จัดทำโดย", maker),
        ("เงื่อนไข", f"การประชุม {packet.meeting.name} เฉพาะข้อมูลที่ผู้จัดทำมีสิทธิอ่าน"),
        ("บันทึกการใช้งานของ", chain),
        ("จำนวนรายการที่บันทึก", length),
        ("ตราประทับรายการล่าสุด", seal),
    ):
        _told(sheet, label, value)
    sheet.gap()
    sheet.head(["แผ่นงาน", "ข้อมูล", "จำนวน", "ระเบียนแรก", "ระเบียนสุดท้าย"])
    for used in packet.records:
        _records(sheet, used)


def _told(sheet: Sheet, label: str, value: object) -> None:
    look = (
        "left" if isinstance(value, int) else ("moment" if not isinstance(value, str) else "cell")
    )
    sheet.pair(label, value, look)


def _records(sheet: Sheet, used: Used) -> None:
    first, last = (str(used.ids[0]), str(used.ids[-1])) if used.ids else (None, None)
    cells = [used.sheet, _name(used.entity), len(used.ids), first, last]
    sheet.line(cells, [None, None, None, "centre", "centre"])


def _name(entity: type[Base]) -> str:
    return str(entity.__label__[1])
