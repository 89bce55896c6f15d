"""The bench's database: deterministic Thai rows, poured into the product's own schema.

Two files come of it. Ours has the search index; vanilla's is the same file before the index
was built, so that its inserts pay for no trigger.
"""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy.dialects import sqlite as dialect
from sqlalchemy.schema import CreateIndex, CreateTable

SEED = 2569
FIRST_ID = 100 * 10**12
FIRST_DAY, DAYS = date(2018, 1, 1), 2700
LENGTH = 300
"""Characters of each case's text."""
COMMON, RARE = "ความเดือดร้อน", "ช้างป่าเหยียบพืชผล"
EVERY = 20_000
"""One row in so many holds the rare phrase; of a smaller database, twenty do."""
LISTS = """
ขอให้ตรวจสอบ แจ้งเหตุ ร้องเรียนเรื่อง ขอความอนุเคราะห์เรื่อง ติดตามเรื่อง ขอความเป็นธรรมกรณี

ถนนชำรุด ไฟส่องสว่างดับ น้ำประปาไม่ไหล น้ำท่วมขัง ขยะตกค้าง กลิ่นเหม็นจากโรงงาน เสียงดังรบกวน
ที่ดินทับซ้อน บุกรุกที่สาธารณะ หนี้นอกระบบ ยาเสพติดในชุมชน ฝุ่นควันจากการเผา ท่อระบายน้ำอุดตัน
สะพานชำรุด ภัยแล้งขาดน้ำ เบี้ยยังชีพผู้สูงอายุ

หน้าโรงเรียน ใกล้ตลาดสด ริมคลองชลประทาน ในเขตเทศบาล ตามแนวเขตป่า ภายในชุมชน บนทางหลวงชนบท ข้างวัด

ผู้ร้อง แจ้งว่า ประชาชน ได้รับ ความเดือดร้อน จาก เหตุการณ์ ดังกล่าว มานาน หลายเดือน และ เคยแจ้ง
หน่วยงาน ที่เกี่ยวข้อง แล้ว แต่ยัง ไม่ได้รับ การแก้ไข จึงขอให้ จังหวัด พิจารณา ดำเนินการ ตรวจสอบ
ข้อเท็จจริง โดยเร่งด่วน เพื่อ บรรเทา ความเสียหาย แก่ ชาวบ้าน ในพื้นที่ ตำบล อำเภอ เทศบาล กำนัน
ผู้ใหญ่บ้าน ลงพื้นที่ สำรวจ ถ่ายภาพ เอกสาร หลักฐาน ประกอบ รายงาน ผล ให้ทราบ ภายใน กำหนด ตามระเบียบ
งบประมาณ เงินอุดหนุน โครงการ ก่อสร้าง ปรับปรุง ซ่อมแซม ถนน คอนกรีต ระบบประปา หมู่บ้าน คลอง ฝาย เขื่อน
ป่าสงวน โฉนด สิทธิ ที่ดิน เกษตรกร นาข้าว สวนยาง อ้อย มันสำปะหลัง ราคา ตกต่ำ หนี้สิน กองทุน สวัสดิการ
ผู้สูงอายุ ผู้พิการ นักเรียน โรงพยาบาล สาธารณสุข

สมชาย สมหญิง ประเสริฐ วิไล บุญมี อนงค์ สุรชัย พรทิพย์ ธนากร กมล ณัฐวุฒิ อารีย์ มานพ ศิริพร

ใจดี รักไทย ศรีสุข ทองคำ แก้วมณี พรหมมา บุญเรือง สุขสวัสดิ์ คำแก้ว มีสุข แสงทอง พูนทรัพย์
"""
OPENINGS, TOPICS, PLACES, WORDS, NAMES, FAMILIES = (part.split() for part in LISTS.split("\n\n"))
COLUMNS = (
    "id", "version", "made_at", "number", "subject", "detail", "status", "sector", "district_id",
    "complainant", "phone", "officer", "amount", "received_on", "due_on", "closed_on", "province_id",
)  # fmt: skip


@dataclass(frozen=True)
class Folder:
    """Where the bench's two databases lie."""

    path: Path

    @property
    def ours(self) -> Path:
        """The data folder of the product."""
        return self.path / "ours"

    @property
    def database(self) -> Path:
        """The product's database."""
        return self.ours / "jangwat.sqlite"

    @property
    def vanilla(self) -> Path:
        """The database of vanilla Flask-Admin."""
        return self.path / "vanilla.sqlite"

    @property
    def environment(self) -> dict[str, str]:
        """The environment in which the servers run."""
        return {
            **os.environ,
            "JANGWAT_DATA": str(self.ours),
            "DATABASE_URL": "",
            "JANGWAT_LOG": "text",
            "JANGWAT_IDLE_MINUTES": "600",
            "BENCH_VANILLA": str(self.vanilla),
        }


def rows(count: int, districts: dict[int, list[int]]) -> Iterator[tuple[Any, ...]]:
    """The cases, always the same for the same count; `districts` are those of each province."""
    dice, counts = Random(SEED), {}
    provinces = sorted(districts)
    every = min(EVERY, max(count // 20, 1))
    for n in range(count):
        province = provinces[int(dice.random() * len(provinces))]
        day = FIRST_DAY + timedelta(days=int(dice.random() * DAYS))
        series = province, day.year + 543
        counts[series] = counts.get(series, 0) + 1
        status = _status(n)
        closed = day + timedelta(days=n % 60) if status in ("done", "cancelled") else None
        yield (
            FIRST_ID + 1 + n, 1, f"{day} {n % 9 + 8:02}:{n % 60:02}:00.000000",
            f"{province:02}-{day.year + 543}-{counts[series]:06}",
            f"{_one(dice, OPENINGS)}{_one(dice, TOPICS)}{_one(dice, PLACES)}",
            _text(dice, RARE if n % every == every // 2 else ""), status, SECTORS[n % 6],
            _one(dice, districts[province]), f"{_one(dice, NAMES)} {_one(dice, FAMILIES)}",
            f"08{n % 10**8:08}", f"{_one(dice, NAMES)} {_one(dice, FAMILIES)}",
            int(dice.random() * 10**6), day.isoformat(), (day + timedelta(days=15)).isoformat(),
            closed and closed.isoformat(), province,
        )  # fmt: skip


SECTORS = [
    "government",
    "state_enterprise",
    "private",
    "civil_society",
    "local_government",
    "academic",
]


def _status(n: int) -> str:
    """One in ten is not started (what the export takes), half are done."""
    return ("not_started", "done", "in_progress", "done", "done", "cancelled",
            "in_progress", "done", "in_progress", "done")[n % 10]  # fmt: skip


def _one(dice: Random, choices: Any) -> Any:
    return choices[int(dice.random() * len(choices))]


def _text(dice: Random, phrase: str) -> str:
    words = "".join(dice.choices(WORDS, k=LENGTH // 6))
    text = words[:120] + phrase + words[120:]
    return (text * 2)[:LENGTH]


def make(folder: Folder, count: int) -> None:
    """Make both databases: migrate, bring in reference data, pour the rows, build the index."""
    folder.ours.mkdir(parents=True)
    migrate = [sys.executable, "-m", "flask", "--app", "app", "db", "upgrade"]
    subprocess.run(migrate, env=folder.environment, check=True, capture_output=True)
    _reference(folder)
    _pour(folder.database, count)
    shutil.copyfile(folder.database, folder.vanilla)
    _same_indexes(folder.vanilla)
    _finish(folder)


def _reference(folder: Folder) -> None:
    """Places, the installation's number, and the two persons who look at the pages."""
    setup = [sys.executable, "-m", "bench.persons"]
    subprocess.run(setup, env=folder.environment, check=True, stdout=subprocess.DEVNULL)


def _pour(database: Path, count: int) -> None:
    from bench.entity import BenchCase, series

    table = BenchCase.__table__
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        found: dict[int, list[int]] = {}
        for district, province in connection.execute("SELECT id, province_id FROM district"):
            found.setdefault(province, []).append(district)
        connection.execute(str(CreateTable(table).compile(dialect=dialect.dialect())))
        connection.execute("BEGIN")
        marks = ", ".join("?" * len(COLUMNS))
        made = rows(count, found)
        while some := list(islice(made, 5000)):
            connection.executemany(
                f"INSERT INTO bench_case ({', '.join(COLUMNS)}) VALUES ({marks})", some
            )
        connection.execute("COMMIT")
        for index in sorted(table.indexes, key=lambda i: str(i.name)):
            connection.execute(str(CreateIndex(index).compile(dialect=dialect.dialect())))
        for province, year, last in connection.execute(
            "SELECT province_id, substr(number, 4, 4), count(*) FROM bench_case GROUP BY 1, 2"
        ).fetchall():
            connection.execute(
                "INSERT INTO counter (key, value) VALUES (?, ?)", (series(province, year), last)
            )
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _same_indexes(database: Path) -> None:
    """Give vanilla the same indexes over all rows: it knows no removed ones."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        for name, sql in connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE tbl_name = 'bench_case' AND sql LIKE 'CREATE%INDEX%'"
        ).fetchall():
            connection.execute(f"DROP INDEX {name}")
            connection.execute(sql.split(" WHERE ")[0].replace(", removed_at)", ")"))
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _finish(folder: Folder) -> None:
    """Build the search index once, at the end, as after a migration."""
    index = [sys.executable, "-m", "bench.persons", "index"]
    subprocess.run(index, env=folder.environment, check=True, stdout=subprocess.DEVNULL)
