"""Reference data of keeping documents: the retention classes an office begins with.

They are defaults which the ministry edits, not quotations: the general numbers of ข้อ 57 were not
read in the regulation itself; where a text was read, `basis` names it (domain_corrections §5.5).
"""

from entities.vocabulary import RetentionRule

Row = dict[str, object]
R = RetentionRule
CHECK = "ค่าเริ่มต้นที่แก้ไขได้ โปรดตรวจกับระเบียบก่อนใช้"
CLASSES: tuple[tuple[int, str, RetentionRule, int | None, str], ...] = (
    (1, "หนังสือทั่วไป", R.YEARS, 10, CHECK),
    (2, "คู่สำเนาที่มีต้นเรื่องจะค้นได้จากที่อื่น", R.YEARS, 5, CHECK),
    (3, "เรื่องธรรมดาสามัญซึ่งไม่มีความสำคัญ", R.YEARS, 1, CHECK),
    (
        4,
        "หนังสือเวียนเพื่อทราบ",
        R.YEARS,
        1,
        "ตารางกำหนดอายุเอกสารการเงิน หอจดหมายเหตุแห่งชาติ (ข้อ 57.5)",
    ),
    (
        5,
        "หนังสือเวียนเพื่อถือปฏิบัติ",
        R.UNTIL_SUPERSEDED,
        None,
        "ตารางกำหนดอายุเอกสารการเงิน หอจดหมายเหตุแห่งชาติ",
    ),
    (6, "หลักฐานการเงิน", R.YEARS, 10, CHECK),
    (7, "หลักฐานการเงินที่สำนักงานการตรวจเงินแผ่นดินตรวจสอบแล้ว", R.YEARS, 5, CHECK),
    (8, "เรื่องประวัติศาสตร์ กฎหมาย หรือหลักฐานสำคัญ", R.PERMANENT, None, CHECK),
    (
        9,
        "หนังสืออิเล็กทรอนิกส์",
        R.NONE,
        None,
        "ระเบียบสารบรรณ (ฉบับที่ 4) พ.ศ. 2564 ไม่มีอายุการเก็บ ทำลายตามคำสั่งเมื่อเก็บเกินกว่า 10 ปี",
    ),
)


def classes() -> list[Row]:
    """The retention classes as rows, with fixed ids."""
    return [
        {
            "id": key, "name": name, "rule": rule, "years": years, "basis": basis,
            "is_active": True,
        }
        for key, name, rule, years, basis in CLASSES
    ]  # fmt: skip
