"""`flask ledger workbook`: the province's ledger as a file, and the export in the audit."""

import openpyxl
from sqlalchemy import select

from access.database import writing
from entities.vocabulary import Act
from models import AuditEntry
from tests.rules.test_ledger import line


def test_a_provinces_ledger_is_written_and_the_export_is_in_the_audit(app, session, tmp_path):
    token = writing.set(True)
    session.rollback()
    line(session, "1234.56", item="ค่าจ้างเหมา")
    session.commit()
    session.rollback()
    writing.reset(token)
    out = tmp_path / "ledger.xlsx"
    words = ["ledger", "workbook", "ชัยนาท", "--fiscal-year", "2570", "--out", str(out)]
    done = app.test_cli_runner().invoke(args=words)
    assert done.exit_code == 0, done.output
    book = openpyxl.load_workbook(out)
    assert len(book.sheetnames) == 3
    assert book.worksheets[1]["A2"].value == "ค่าจ้างเหมา"
    session.rollback()
    entry = session.scalars(select(AuditEntry).where(AuditEntry.act == Act.EXPORT.value)).one()
    assert (entry.entity, entry.province_id) == ("budget_line", 18)
    session.close()
    assert app.test_cli_runner().invoke(args=[*words[:2], "ไม่มี", *words[3:]]).exit_code == 2


def test_a_year_or_a_folder_that_cannot_be_is_told_before_the_work(app, session, tmp_path):
    out = ["--out", str(tmp_path / "ledger.xlsx")]
    for words, told in (
        (["--fiscal-year", "26", *out], "2400"),
        (["--fiscal-year", "2570", "--out", str(tmp_path / "none" / "a.xlsx")], "no folder"),
    ):
        done = app.test_cli_runner().invoke(args=["ledger", "workbook", "ชัยนาท", *words])
        assert (done.exit_code, told in done.output) == (2, True), done.output
    empty = app.test_cli_runner().invoke(
        args=["ledger", "workbook", "ชัยนาท", "--fiscal-year", "2560", *out]
    )
    assert (empty.exit_code, "no budget line" in empty.output) == (1, True), empty.output
    assert session.scalar(select(AuditEntry).where(AuditEntry.act == Act.EXPORT.value)) is None
