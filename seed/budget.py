"""Reference data of the budget: who decides on requests, and the categories of expenditure.

The calendar of requests has no row here: the policy body sets its days anew each year, and no
source read gives the last day of a step. The ministry enters them.
"""

from collections.abc import Iterator
from datetime import date

from entities.vocabulary import SpendingKind
from rules.requests import JOINT

Row = dict[str, object]
Tree = dict[str, dict[str, tuple[str, ...]]]

BODIES: tuple[Row, ...] = (
    {
        "id": 1,
        "name": "คณะกรรมการนโยบายการบริหารงานจังหวัดและกลุ่มจังหวัดแบบบูรณาการ",
        "short_name": "ก.น.จ.",
        "secretariat": "สำนักงาน ก.พ.ร.",
        "valid_from": date(2009, 1, 1),
        "valid_to": date(2022, 8, 19),
        "source": "พระราชกฤษฎีกาว่าด้วยการบริหารงานจังหวัดและกลุ่มจังหวัดแบบบูรณาการ พ.ศ. 2551"
        " (ราชกิจจานุเบกษา เล่ม 125 ตอนที่ 137 ก วันที่ 30 ธันวาคม 2551)"
        " สำนักงาน ก.พ.ร. เป็นฝ่ายเลขานุการอยู่ ณ วันที่ 2 ธันวาคม 2562"
        " ต่อมามีการยกร่างการโอนภารกิจไปยัง สศช. (20 กุมภาพันธ์ 2563) ไม่พบวันที่มีผล",
    },
    {
        "id": 2,
        "name": "คณะกรรมการนโยบายการบริหารงานเชิงพื้นที่แบบบูรณาการ",
        "short_name": "ก.น.บ.",
        "secretariat": "สำนักงานสภาพัฒนาการเศรษฐกิจและสังคมแห่งชาติ (สศช.)",
        "valid_from": date(2022, 8, 20),
        "valid_to": None,
        "source": "พระราชกฤษฎีกาว่าด้วยการบริหารงานเชิงพื้นที่แบบบูรณาการ พ.ศ. 2565"
        " มีผลใช้บังคับวันที่ 20 สิงหาคม 2565 เลขาธิการ สศช. เป็นกรรมการและเลขานุการ",
    },
)
CATEGORIES: Tree = {
    "งบบุคลากร": {
        "เงินเดือนและค่าจ้างประจำ": ("เงินเดือน", "ค่าจ้างประจำ"),
        "ค่าจ้างชั่วคราว": (),
        "ค่าตอบแทนพนักงานราชการ": (),
    },
    "งบดำเนินงาน": {
        "ค่าตอบแทน ใช้สอยและวัสดุ": ("ค่าตอบแทน", "ค่าใช้สอย", "ค่าวัสดุ"),
        "ค่าสาธารณูปโภค": (),
    },
    "งบลงทุน": {
        "ค่าครุภัณฑ์ ที่ดินและสิ่งก่อสร้าง": ("ค่าครุภัณฑ์", "ค่าที่ดินและสิ่งก่อสร้าง"),
    },
    "งบเงินอุดหนุน": {"เงินอุดหนุนทั่วไป": (), "เงินอุดหนุนเฉพาะกิจ": ()},
    "งบรายจ่ายอื่น": {
        "ค่าใช้จ่ายในการบริหารงานจังหวัดแบบบูรณาการ": (),
        "ค่าใช้จ่ายในการบริหารงานกลุ่มจังหวัดแบบบูรณาการ": (),
    },
}
"""งบรายจ่าย in three levels: as the Budget Bureau sorts expenditure and the provinces' budget of
fiscal year 2565 uses it."""
CAPITAL = "งบลงทุน"


def policy_bodies() -> list[Row]:
    """ก.น.จ. by the decree of 2551, ก.น.บ. by that of 2565."""
    return [dict(row) for row in BODIES]


def expense_categories() -> list[Row]:
    """The categories in three levels; ids follow the place: 3, 301, 30102."""
    return list(_categories())


def _categories() -> Iterator[Row]:
    for first, (name, below) in enumerate(CATEGORIES.items(), start=1):
        kind = SpendingKind.CAPITAL if name == CAPITAL else SpendingKind.CURRENT
        yield _category(first, None, (name,), kind)
        for second, (middle, leaves) in enumerate(below.items(), start=first * 100 + 1):
            yield _category(second, first, (name, middle), kind)
            for third, leaf in enumerate(leaves, start=second * 100 + 1):
                yield _category(third, second, (name, middle, leaf), kind)


def _category(key: int, parent: int | None, names: tuple[str, ...], kind: SpendingKind) -> Row:
    return {
        "id": key,
        "name": names[-1],
        "parent_id": parent,
        "level": len(names),
        "kind": kind,
        "path": JOINT.join(names),
    }
