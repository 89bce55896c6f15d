"""A destruction list on paper: who signs it stands together, under something that they sign."""

from datetime import date

import pytest

from access import viewer as who
from entities.vocabulary import Disposal
from models import DestructionBatch, DestructionItem
from rules import retention
from tests.conftest import LOPBURI
from tests.registry_office import NOW, TODAY, received, unit, work
from workbooks import destruction

MEMBERS = ("นาย ข", "นาง ค", "นาย ง")


def _list(session, many):
    """A list of so many documents before its committee."""
    made = unit(session)
    batch = DestructionBatch(
        province_id=LOPBURI, unit=made, year=2025, number=1, surveyed_on=TODAY, order_ref="1/2569",
        name=retention.NAMED.format(1, 2569), chair_name="นาย ก", members="\n".join(MEMBERS),
        opinion="เห็นควรทำลายทุกฉบับ",
    )  # fmt: skip
    session.add(batch)
    for n in range(many):
        document = received(session, made, subject=f"เรื่องที่ {n}", dated_on=date(2020, 1, 1))
        session.add(
            DestructionItem(
                batch=batch, document=document, position=n + 1, opinion=Disposal.DESTROY
            )
        )
    session.flush()
    return batch


@pytest.mark.parametrize("many", range(8, 28, 2))
def test_those_who_sign_a_list_stand_on_one_page(session, read, many):
    with work(session):
        batch = _list(session, many)
        made = destruction.workbook(session, batch, who.SYSTEM, NOW)
    (sheet,) = read(made).worksheets
    rows = [str(row[0] or "") for row in sheet.iter_rows(values_only=True)]
    signed = [n for n, text in enumerate(rows, start=1) if text.startswith("ลงชื่อ")]
    assert len(signed) == len(MEMBERS) + 2
    assert "ที่ ๑/๒๕๖๙" in sheet.oddHeader.right.text, "an official form has Thai digits throughout"
    ends = [one.id for one in sheet.row_breaks.brk]
    assert not [end for end in ends if signed[0] <= end < signed[-1]], "parted by a page's end"
    assert not [end for end in ends if signed[0] - 2 <= end < signed[0]], "alone on their page"
