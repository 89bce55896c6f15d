"""`flask budget import` from the outside."""

from pathlib import Path

from sqlalchemy import func, select

from models import BudgetLine

FILES = Path(__file__).parents[1] / "files"
MESSY = str(FILES / "budget_messy.xlsx")


def _lines(session) -> int:
    """How many lines there are; the command has let go of the session, so it is closed again."""
    with session:
        return session.scalar(select(func.count()).select_from(BudgetLine)) or 0


def test_the_preview_writes_nothing_and_accepting_writes_once(app, session):
    run = app.test_cli_runner()
    told = run.invoke(args=["budget", "import", MESSY, "--fiscal-year", "2569"])
    assert told.exit_code == 0, told.output
    assert "3,748,467.00" in told.output
    assert "3,747,467.00" in told.output
    assert _lines(session) == 0
    for count in ("7", "0"):
        told = run.invoke(args=["budget", "import", MESSY, "--fiscal-year", "2569", "--accept"])
        assert told.exit_code == 0, told.output
        assert (
            told.output.splitlines()[-1].startswith(f"นำเข้า {count} ")
            or count in told.output.splitlines()[-1]
        )
        assert _lines(session) == 7


def test_what_cannot_be_read_is_told_in_a_line(app, session, tmp_path):
    run, bad = app.test_cli_runner(), tmp_path / "budget.xlsx"
    bad.write_bytes(b"%PDF-1.7 and so on")
    told = run.invoke(args=["budget", "import", str(bad), "--fiscal-year", "2569", "--accept"])
    assert told.exit_code == 1
    assert "PDF" in told.output
    bad.write_text("รายการ,จำนวนเงิน\nก,1.234\nข,5\n")
    for accept in ([], ["--accept"]):
        told = run.invoke(args=["budget", "import", str(bad), "--fiscal-year", "2569", *accept])
        assert told.exit_code == 1
        assert "B2" in told.output
    assert _lines(session) == 0
