"""Importing a budget: what each row becomes, what is doubtful, nothing by halves, nothing twice."""

import csv
import dataclasses
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from access import audit, scope
from access import viewer as who
from access.database import writing
from entities import dates
from entities.vocabulary import SpendingKind
from models import BudgetLine, FiscalYearClose
from rules import budget_import, entries
from rules.base import Broken
from rules.budget_rows import BookRow, Preview
from rules.proposals import Fate
from tests.conftest import CHAINAT, LOPBURI, TRANG
from workbooks import budget_book

FILES = Path(__file__).parents[1] / "files"
BOOK = Path(__file__).parents[3] / "shared" / "data" / "province_budget_fy2565.csv"
N, D, L, K, F = Fate.NEW, Fate.DOUBTFUL, Fate.LEFT_OUT, Fate.KNOWN, Fate.FAULT


@pytest.fixture
def work(session: Session):
    """A session that writes."""
    assert entries.BY_HAND
    token = writing.set(True)
    session.rollback()
    yield session
    session.rollback()
    writing.reset(token)


def row(number: int, **given) -> BookRow:
    """A plain row of Lop Buri, with some of it changed."""
    plain = BookRow(
        number, f"แถว {number}", f"ซ่อมถนนสายที่ {number}", Decimal("100.00"), "จังหวัดลพบุรี", 2569,
        "แผนงานบูรณาการ", "โครงการพัฒนาถนน", ("งบลงทุน", "ค่าครุภัณฑ์ ที่ดินและสิ่งก่อสร้าง"), f"k{number}",
    )  # fmt: skip
    return dataclasses.replace(plain, **given)


def look(session: Session, *rows: BookRow, year: int = 2569) -> Preview:
    """The preview of rows."""
    return budget_import.preview(session, rows, year)


def fates(made: Preview) -> list[Fate]:
    """What becomes of each row."""
    return [p.fate for p in made.proposals]


def count(session: Session) -> int:
    """How many lines there are."""
    return session.scalar(select(func.count()).select_from(BudgetLine)) or 0


def test_what_is_wrong_with_an_amount_or_a_year_names_its_cell(work):
    head = "หน่วยงาน,ปีงบประมาณ,รายการ,งบประมาณ\n"
    text = f"{head}จังหวัดลพบุรี,2569,ถนน,-5\nจังหวัดลพบุรี,2568,สะพาน,5\n"
    rows, _stated = budget_book.rows(text.encode())
    told = [p.reasons[0] for p in look(work, *rows).proposals]
    assert [words.split(":")[0] for words in told] == ["Cell D2", "Cell B3"]


def test_the_reason_for_a_refusal_is_the_fault_itself(work):
    """A faulty row that names no province either is refused for its fault."""
    made = look(work, row(1, unit="", amount=Decimal("-5.00"), amount_cell="C2"))
    assert [words.split(":")[0] for words in made.proposals[0].reasons] == [
        "Cell C2", "the row names no province or cluster",
    ]  # fmt: skip
    with pytest.raises(Broken, match="Cell C2"):
        budget_import.refuse_faults(made)


@pytest.mark.skipif(
    not BOOK.exists(), reason="the budget book of 2565 is not shipped with the project"
)
def test_the_budget_book_comes_in_with_its_own_totals(work):
    with BOOK.open(encoding="utf-8-sig", newline="") as file:
        told = list(csv.DictReader(file))
    rows, _stated = budget_book.rows(BOOK.read_bytes())
    made = budget_import.preview(work, rows, 2565)
    assert made.total() == sum(Decimal(line["amount_baht"]) for line in told)
    assert len(made.of(N, D)) == len(told)
    assert not made.of(F, L, K)
    clusters = {p.home for p in made.proposals if p.row.unit.startswith("กลุ่ม")}
    assert all(home.cluster_id is not None for home in clusters)
    of_province = {
        line["unit_name"]: int(line["province_code"]) for line in told if line["province_code"]
    }
    for p in made.proposals:
        if p.row.unit in of_province:
            assert p.home.province_id == of_province[p.row.unit]
    assert budget_import.accept(work, made) == len(told)
    work.commit()
    kept = work.execute(
        select(func.count(), func.sum(BudgetLine.enacted)).select_from(BudgetLine)
    ).one()
    assert kept[0] == len(told)
    assert made.total() == sum(work.scalars(select(BudgetLine.enacted)))
    again = budget_import.preview(work, rows, 2565)
    assert set(fates(again)) == {K}
    assert budget_import.accept(work, again) == 0
    assert not audit.verify(work)[1]


def test_the_messy_file_shows_each_doubt(work):
    rows, stated = budget_book.rows((FILES / "budget_messy.xlsx").read_bytes())
    made = budget_import.preview(work, rows, 2569, stated)
    assert fates(made) == [N, N, D, N, D, D, D, L]
    assert "G7" in made.proposals[2].reasons[0]
    assert made.total() == made.stated == Decimal("3748467.00")
    misread, cluster, damaged, unknown = made.proposals[4:]
    assert misread.home.province_id == CHAINAT
    assert "ชัยนาด" in misread.reasons[0]
    assert "ค่าถมดิน" in misread.reasons[1]
    assert misread.kind is SpendingKind.CAPITAL
    assert cluster.home.name.endswith("ภาคเหนือตอนบน 1")
    assert "เชียงใหม่" in cluster.reasons[0]
    assert len(damaged.reasons) == 2
    assert "ในฝัน" in unknown.reasons[0]
    assert made.proposals[3].category.count("ค่าตอบแทน") == 1, "a misread category is found"
    assert budget_import.accept(work, made, {3, *(p.row.number for p in (misread, cluster))}) == 6
    work.commit()
    lines = work.scalars(select(BudgetLine).order_by(BudgetLine.id)).all()
    assert [(line.province_id, line.cluster_id is None) for line in lines[:4]] == [
        (LOPBURI, True)
    ] * 4
    assert lines[-1].cluster_id == cluster.home.cluster_id
    assert lines[-1].province_id is None
    assert {line.net_budget for line in lines} == {Decimal("0.00")}, "no entry of the ledger"
    assert lines[0].opens_on == dates.fiscal_year_start(2569)


def test_rows_with_faults_keep_the_whole_file_out(work):
    made = look(
        work,
        row(1),
        row(2, amount=None),
        row(3, amount=Decimal("-500.00")),
        row(4, fiscal_year=2568),
        row(5, item="ก" * 1001),
        row(6, faults=("แถว 6 ช่อง F6: อ่านไม่ได้",)),
        row(7, key="k1", amount=Decimal("7.00")),
    )
    assert fates(made) == [N, F, F, F, F, F, F]
    with pytest.raises(Broken) as broken:
        budget_import.accept(work, made)
    assert "แถว 2" in str(broken.value)
    work.rollback()
    assert count(work) == 0


def test_the_same_row_twice_is_one_line_and_like_rows_are_two(work):
    made = look(
        work,
        row(1),
        row(2, key="k1", item=row(1).item),
        row(3, key=None),
        row(4, key=None, item=row(3).item),
    )
    assert fates(made) == [N, L, N, N]
    assert budget_import.accept(work, made) == 3
    work.commit()
    again = look(work, row(1), row(3, key=None), row(4, key=None, item=row(3).item), row(5))
    assert fates(again) == [K, K, K, N]
    changed = look(work, row(1, amount=Decimal("101.00")))
    assert fates(changed) == [L]
    assert "100.00" in changed.proposals[0].reasons[0]


def test_a_doubtful_row_is_taken_only_where_it_was_chosen(work):
    rows = row(1), row(2, amount=Decimal("0.00")), row(3, amount=Decimal("0.00"))
    assert budget_import.accept(work, look(work, *rows), {3}) == 2
    assert set(work.scalars(select(BudgetLine.source_key))) == {"k1", "k3"}
    work.rollback()
    assert budget_import.accept(work, look(work, *rows), set()) == 1


def test_a_viewer_imports_only_where_he_may(work, persons):
    with_key = persons.viewer(persons.user_id("finance", LOPBURI))
    who.act_as(work, with_key)
    rows = row(1), row(2, unit="จังหวัดตรัง"), row(3, unit=""), row(4, unit="กลุ่มจังหวัดภาคกลางตอนบน")
    made = look(work, *rows)
    assert fates(made) == [N, L, N, L]
    assert made.proposals[2].home.province_id == LOPBURI, (
        "a file without units is the own province's"
    )
    assert budget_import.accept(work, made) == 2
    work.commit()
    assert set(work.scalars(select(BudgetLine.province_id))) == {LOPBURI}
    for role, province in (("governor", LOPBURI), ("chief_of_office", LOPBURI), ("auditor", None)):
        who.act_as(work, persons.viewer(persons.user_id(role, province)))
        assert fates(look(work, row(9))) == [L], role
    who.act_as(work, who.SYSTEM)
    theirs = look(work, row(8, unit="จังหวัดตรัง"))
    who.act_as(work, with_key)
    with pytest.raises(scope.Denied):
        budget_import.accept(work, theirs)
    work.rollback()
    who.act_as(work, who.SYSTEM)
    assert TRANG not in set(work.scalars(select(BudgetLine.province_id)))


def test_a_closed_fiscal_year_takes_no_lines(work):
    work.add(
        FiscalYearClose(
            province_id=LOPBURI,
            fiscal_year=2569,
            name="ปิดปี 2569",
            closed_on=dates.fiscal_year_start(2570),
        )
    )
    work.commit()
    made = look(work, row(1), row(2, unit="จังหวัดตรัง"))
    assert fates(made) == [L, N]


NAMES = {
    "จังหวัดลพบุรี": "จังหวัดลพบุรี",
    "ลพบุรี": "จังหวัดลพบุรี",
    "จ.ลพบุรี": "จังหวัดลพบุรี",
    "จังหวัด ลพบุรี ": "จังหวัดลพบุรี",
    "จังหวัดลพบุรื": "จังหวัดลพบุรี",
    "จังหวัดประจวบคีรีขันธ": "จังหวัดประจวบคีรีขันธ์",
    "จังหวัดนครศรีธรรมราซ": "จังหวัดนครศรีธรรมราช",
    "กลุ่มจังหวัดภาคกลางตอนบน": "กลุ่มจังหวัดภาคกลางตอนบน",
    "กลุมจังหวัดภาคใต้ฝั่งอันดามน": "กลุ่มจังหวัดภาคใต้ฝั่งอันดามัน",
    "กลุ่มจังหวัดภาคเหนือตอนล่าง ๒": "กลุ่มจังหวัดภาคเหนือตอนล่าง 2",
    "กลุ่มจังหวัดภาคเหนือตอนล่าง": None,
    "จังหวัดลาว": None,
    "กรมทางหลวง": None,
}


def test_names_are_read_through_their_noise(work):
    made = look(work, *(row(n, unit=name) for n, name in enumerate(NAMES, 1)))
    assert {p.row.unit: p.home.name if p.home else None for p in made.proposals} == NAMES


def test_two_clusters_of_one_name_are_told_apart_by_what_follows(work):
    cluster, page = "กลุ่มจังหวัดภาคกลางตอนล่าง", {"item": "จ้างเหมาบริการ"}
    units = [(cluster, 10), (cluster, 12), ("จังหวัดกาญจนบุรี", 14), (cluster, 60), (cluster, 61)]
    made = look(work, *(row(n, unit=u, page=p, **page) for n, (u, p) in enumerate(units, 1)))
    homes = [p.home.name[-1] for p in made.proposals if p.row.unit == cluster]
    assert homes == ["1", "1", "2", "2"]
    assert made.proposals[3].fate is D


def test_what_no_province_tells_is_told_by_elimination_or_left_out(work):
    cluster = "กลุ่มจังหวัดภาคกลางตอนล่าง"

    def homes(*units: tuple[str, int]) -> list[str | None]:
        rows = [row(n, unit=u, page=p, item="จ้างเหมาบริการ") for n, (u, p) in enumerate(units, 1)]
        made = look(work, *rows)
        return [p.home and p.home.name[-1] for p in made.proposals if p.row.unit == cluster]

    assert homes((cluster, 10), (cluster, 60), ("จังหวัดเพชรบุรี", 65)) == ["1", "2"]
    assert homes((cluster, 10), (cluster, 60)) == ["1", "2"], "the order of the book"
    assert homes((cluster, 10)) == [None]


def test_many_lines_go_to_the_database_in_few_statements(work):
    """SQLite's search index writes at each statement's end: one for each row is most of an import."""
    told: list[str] = []

    def hear(_connection, _cursor, statement, *_more):
        if statement.startswith("INSERT INTO budget_line"):
            told.append(statement)

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        made = look(work, *(row(n) for n in range(1, 1201)))
        assert budget_import.accept(work, made) == 1200
    finally:
        event.remove(Engine, "before_cursor_execute", hear)
    assert len(told) <= 3
    last = work.scalar(select(func.max(BudgetLine.id)))
    after = BudgetLine(province_id=LOPBURI, item="ถนน", fiscal_year=2569, kind=SpendingKind.CAPITAL)
    work.add(after)
    work.flush()
    assert (count(work), after.id) == (1201, last + 1), "the database's own sequence goes on"
