"""Older logs are taken over, and keys changed, from the command line."""

import csv
import io
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from entities import private
from entities.vocabulary import AssignmentPart, ComplaintStatus
from models import Agency, Assignment, Complainant, Complaint, ComplaintStep
from tests.complaint_office import NAME, Office

HEADINGS = ("อำเภอ", "ประเภทเรื่อง", "ช่องทาง", "หน่วยงาน", "สถานะ", "วันที่รับเรื่อง", "กำหนดรายงาน")
ROWS = (
    ("เมือง", "ปัญหาที่ดิน", "1567", "ที่ดินจังหวัด/อำเภอเมืองลพบุรี", "ยุติแล้ว", "5 ม.ค. 2569", "20 ม.ค. 2569"),
    ("อ.โคกสำโรง", "ขอความช่วยเหลือ", "ด้วยตนเอง", "พมจ.", "อยู่ระหว่างดำเนินการ", "12/1/2569", ""),
    ("โคกสำโรง", "ขอความช่วยเหลือ", "ด้วยตนเอง", "พมจ.", "อยู่ระหว่างดำเนินการ", "12/1/2569", ""),
    ("ชัยบาดาล", "กล่าวโทษเจ้าหน้าที่รัฐ", "สปน.1111", "", "ยุติไม่ได้", "13/1/2569", "1/2/2569"),
    ("นอกเขต", "เรื่องแปลก", "นกพิราบ", "พมจ./ที่ดินจังหวัด", "รอดู", "14/1/2569", ""),
)  # fmt: skip


def _file(folder: Path, rows=ROWS, headings=HEADINGS) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([headings, *rows])
    path = folder / "log.csv"
    path.write_text(out.getvalue(), encoding="utf-8-sig")
    return str(path)


@pytest.fixture
def run(app, session):
    """Run a command; the session sees afterwards what it wrote, and is closed beside the command's."""

    def invoke(*args: str) -> tuple[int, str]:
        session.rollback()
        done = app.test_cli_runner().invoke(args=list(args))
        session.rollback()
        session.expire_all()
        return done.exit_code, f"{done.output}{done.exception or ''}"

    yield invoke
    session.close()


def test_a_log_is_shown_then_taken_over_once(run, session, tmp_path):
    path = _file(tmp_path)
    code, told = run("complaints", "import", path, "--province", "ลพบุรี")
    assert code == 0, told
    for line in ("เรื่องทั้งหมด: 5", "ยุติแล้ว: 2", "ยังไม่ยุติ: 3"):
        assert line in told, told
    assert session.scalar(select(func.count()).select_from(Complaint)) == 0
    code, told = run("complaints", "import", path, "--province", "ลบ", "--accept")
    assert code == 0, told
    cases = session.scalars(select(Complaint).order_by(Complaint.id)).all()
    assert [one.status for one in cases] == [
        ComplaintStatus.CLOSED, ComplaintStatus.IN_PROGRESS, ComplaintStatus.IN_PROGRESS,
        ComplaintStatus.CLOSED, ComplaintStatus.IN_PROGRESS,
    ]  # fmt: skip
    assert all(one.taken_over and one.number == one.old_number for one in cases)
    assert len({one.number for one in cases}) == 5, "two equal rows are two cases"
    first = cases[0]
    assert (first.district_id, first.received_on.isoformat()) == (1601, "2026-01-05")
    assert (first.clock_from, first.closed_on, first.due_on.day) == (None, None, 20)
    assert [one.due_on for one in cases[1:3]] == [None, None]
    parts = session.scalars(
        select(Assignment).where(Assignment.complaint_id == first.id).order_by(Assignment.id)
    ).all()
    assert [(one.agency.name, one.part) for one in parts] == [
        ("ที่ดินจังหวัด", AssignmentPart.LEAD), ("อำเภอเมืองลพบุรี", AssignmentPart.SUPPORT),
    ]  # fmt: skip
    assert cases[4].category.name == "เรื่องทั่วไป"
    assert session.scalar(select(func.count()).select_from(ComplaintStep)) == 5
    agencies = session.scalar(select(func.count()).select_from(Agency))
    code, told = run("complaints", "import", path, "--province", "16", "--accept")
    assert code == 0, told
    assert session.scalar(select(func.count()).select_from(Complaint)) == 5
    assert session.scalar(select(func.count()).select_from(Agency)) == agencies


def test_other_headings_are_told_and_a_fault_keeps_all_out(run, session, tmp_path):
    headings = ("เขต", "ประเภทเรื่อง", "ช่องทาง", "หน่วยงาน", "ผล", "วันที่รับเรื่อง", "กำหนดรายงาน")
    path = _file(tmp_path, headings=headings)
    assert run("complaints", "import", path, "--province", "ลพบุรี")[0] == 1
    mapped = ("--map", "district=เขต", "--map", "status=ผล")
    code, told = run("complaints", "import", path, "--province", "ลพบุรี", *mapped)
    assert code == 0, told
    assert run("complaints", "import", path, "--province", "ลพบุรี", "--map", "nothing=x")[0] == 1
    assert run("complaints", "import", path, "--province", "ลพบุรี", "--map", "status")[0] == 1
    bad = _file(tmp_path, (*ROWS, ("เมือง", "หนี้นอกระบบ", "1567", "", "ยุติ", "31/2/2569", "")))
    code, told = run("complaints", "import", bad, "--province", "ลพบุรี", "--accept")
    assert code == 1
    assert session.scalar(select(func.count()).select_from(Complaint)) == 0


def test_rows_that_would_stop_the_work_later_are_caught(run, session, tmp_path):
    """A number our own series comes to is a fault; sent to no agency is the centre's own work."""
    headings = ("เลขที่", *HEADINGS)
    sent = ("ก 1", "เมือง", "ปัญหาที่ดิน", "1567", "", "ส่งหน่วยงาน", "5/1/2569", "")
    ours = ("ศดธ.ลบ-2999-00007", "เมือง", "ปัญหาที่ดิน", "1567", "", "ใหม่", "5/1/2569", "")
    path = _file(tmp_path, (sent, ours), headings)
    code, told = run("complaints", "import", path, "--province", "ลพบุรี", "--accept")
    assert code == 1, told
    assert "ศดธ.ลบ-2999-00007" in told
    assert session.scalar(select(func.count()).select_from(Complaint)) == 0
    path = _file(tmp_path, (sent,), headings)
    code, told = run("complaints", "import", path, "--province", "ลพบุรี", "--accept")
    assert code == 0, told
    case = session.scalars(select(Complaint)).one()
    assert (case.status, case.own_handling) == (ComplaintStatus.IN_PROGRESS, True)


def test_keys_are_changed_and_everything_is_still_read(run, session, persons, app):
    office = Office(session, persons)
    office.case()
    kept = select(text("name")).select_from(text("complainant"))
    before = session.connection().execute(kept).scalar()
    path = app.config["SETTINGS"].folder("keys") / "private"
    was = path.read_bytes()
    try:
        code, told = run("keys", "rotate")
        assert code == 0, told
        after = session.connection().execute(kept).scalar()
        assert after != before
        assert session.scalars(select(Complainant)).one().name.open() == NAME
        run("keys", "rotate")
        assert len(path.read_bytes().split()) == 2
        assert was.split()[0] not in path.read_bytes().split()
        assert session.scalars(select(Complainant)).one().name.open() == NAME
        path.write_bytes(b"1" * 64)
        session.expire_all()
        code, told = run("keys", "rotate")
        assert code == 1, "a lost key is told, and nothing is dropped"
        assert b"1" * 64 in path.read_bytes()
        with pytest.raises(private.Unreadable):
            session.scalars(select(Complainant)).one().name.open()
    finally:
        path.write_bytes(was)
