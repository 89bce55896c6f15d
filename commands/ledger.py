"""`flask ledger`: the control ledger as a workbook, and the proof that it is whole."""

import time
from pathlib import Path
from shutil import copyfileobj

import click
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.orm import Session

from access import audit
from access import viewer as who
from commands.base import FISCAL_YEAR, OutFile, system
from entities import dates
from entities.vocabulary import Act
from figures import ledger_proof
from models import BudgetLine
from seed.territory import find_province
from workbooks import control_ledger


@click.group()
def ledger() -> None:
    """The budget control ledger."""


@ledger.command()
@click.argument("province")
@click.option(
    "--fiscal-year", type=FISCAL_YEAR, required=True, help="Fiscal year of the Buddhist era."
)
@click.option("--out", required=True, type=OutFile(), help="The file to write.")
@click.option("--by", type=click.Choice(["line", "project"]), default="line",
              help="A sheet for each budget line, or for each project.")  # fmt: skip
@with_appcontext
def workbook(province: str, fiscal_year: int, out: Path, by: control_ledger.By) -> None:
    """Write the control ledger of PROVINCE, a name or a code, for one fiscal year."""
    province_id = _province(province)
    with system() as session:
        if not _has_lines(session, province_id, fiscal_year):
            raise click.ClickException(
                f"{province} has no budget line of fiscal year {fiscal_year}."
            )
        audit.note(
            session, Act.EXPORT, BudgetLine.__tablename__, None, province_id=province_id,
            paper="control_ledger", fiscal_year=fiscal_year,
        )  # fmt: skip
        session.commit()
        made = control_ledger.workbook(
            session, fiscal_year, who.of(session), dates.now(), province_id=province_id, by=by
        )
    with made, out.open("wb") as file:
        copyfileobj(made, file)
    click.echo(out)


@ledger.command()
@click.argument("province", required=False)
@with_appcontext
def verify(province: str | None) -> None:
    """Add up every balance anew from the entries of PROVINCE, or of all; exits with 1 on a fault."""
    province_id = _province(province) if province else None
    started = time.perf_counter()
    with system(writes=False) as session:
        entries, faults = ledger_proof.prove(session, province_id)
    for fault in faults:
        click.echo(str(fault), err=True)
    took = time.perf_counter() - started
    click.echo(f"{entries:,} entries, {len(faults)} faults, {took:.1f} s")
    if faults:
        raise SystemExit(1)


def _has_lines(session: Session, province_id: int, fiscal_year: int) -> bool:
    asked = select(BudgetLine.id).where(
        BudgetLine.province_id == province_id, BudgetLine.fiscal_year == fiscal_year
    )
    return session.scalar(asked.limit(1)) is not None


def _province(name: str) -> int:
    try:
        return find_province(name)
    except LookupError as error:
        raise click.BadParameter(str(error)) from None
