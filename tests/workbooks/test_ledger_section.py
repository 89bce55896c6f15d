"""The packet's section on disbursement: the ledger's figures, the target, a chart of Excel's own."""

import zipfile
from datetime import date
from decimal import Decimal
from io import BytesIO

from access import viewer as who
from entities.vocabulary import EntryKind, SpendingKind, TargetKind, TargetMeasure
from models import Agency, DisbursementTarget
from tests.conftest import CHAINAT, LOPBURI
from tests.rules.test_ledger import line, order, posted
from tests.workbooks.conftest import NOW, written
from workbooks.ledger import TITLE
from workbooks.packet import packet

K = EntryKind


def _money(session):
    """Two agencies of Lop Buri and one of Chai Nat; a target at the year's end."""
    for province_id, name, net, ordered, paid in (
        (LOPBURI, "โยธาธิการ", "800.00", "300.00", "201.00"),
        (LOPBURI, "=เกษตร", "200.00", "50.00", "50.00"),
        (CHAINAT, "ของชัยนาท", "999.00", "5.00", "5.00"),
    ):
        agency = Agency(province_id=province_id, name=name, sector="government")
        session.add(agency)
        session.flush()
        one = line(session, net, province_id=province_id, agency=agency, kind=SpendingKind.CAPITAL)
        contract = order(session, one, ordered, number=f"70{one.id % 10**8:08}")
        posted(session, one, K.DISBURSEMENT, paid, order=contract)
    for kind in (TargetKind.OVERALL, TargetKind.CAPITAL):
        session.add(
            DisbursementTarget(
                as_of=date(2027, 9, 30), kind=kind, measure=TargetMeasure.DISBURSE,
                percent=Decimal("30.00"),
            )
        )  # fmt: skip


def test_the_section_says_what_the_ledger_says_and_draws_it(session, office, read):
    with written(session):
        _money(session)
    content = packet(session, office.next, viewer=who.SYSTEM, now=NOW)
    rows = {row[0]: row for row in read(content)[TITLE].iter_rows(values_only=True)}
    assert rows["โยธาธิการ"][1:9] == (800, 201, 99, 500, 25.13, 37.5, 30, -4.87)
    assert (rows["โยธาธิการ"][9], rows["โยธาธิการ"][10]) == ("▲ เหลือง", 240)
    assert rows["=เกษตร"][5:7] == (25, 25)
    assert rows["รวม"][1:6] == (1000, 251, 99, 650, 25.1)
    assert "ของชัยนาท" not in rows
    with zipfile.ZipFile(BytesIO(content)) as file:
        drawn = [file.read(n).decode() for n in file.namelist() if n.startswith("xl/charts/chart")]
    chart = next(one for one in drawn if TITLE in one)
    assert "<c:barChart>" in chart
    assert "<c:lineChart>" in chart
    assert chart.count("<c:ser>") == 4
    sheet = read(content)[TITLE]
    assert [one.id for one in sheet.row_breaks.brk] == [sheet.max_row], "no page cuts the chart"


def test_a_province_without_lines_has_no_such_section(session, office, read):
    assert TITLE not in read(packet(session, office.next, viewer=who.SYSTEM, now=NOW)).sheetnames
