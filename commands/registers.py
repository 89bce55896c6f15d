"""`flask registers verify`: prove that no register has a hole, and explain its empty numbers."""

import click
from flask.cli import with_appcontext
from flask_babel import force_locale
from flask_babel import gettext as _

from commands.base import system
from entities import dates
from figures import documents as figures
from figures.documents import Proof
from seed.territory import find_province
from workbooks.registers import explanation, fault_text, unsent_text


@click.group()
def registers() -> None:
    """Registers of documents."""


@registers.command()
@click.argument("province", required=False)
@with_appcontext
def verify(province: str | None) -> None:
    """Prove that every number stands once, in all registers or those of PROVINCE."""
    try:
        province_id = find_province(province) if province else None
    except LookupError as unknown:
        raise click.ClickException(str(unknown)) from None
    with force_locale("th"), system() as session:
        proofs = figures.prove(session, dates.today(), province_id)
        for proof in proofs:
            _tell(proof)
        wrong = sum(not proof.whole for proof in proofs)
        click.echo(
            _(
                "%(count)s registers, %(wrong)s with faults",
                count=f"{len(proofs):,}",
                wrong=f"{wrong:,}",
            )
        )
    if wrong:
        raise SystemExit(1)


def _tell(proof: Proof) -> None:
    told = _(
        "%(documents)s documents and %(kept)s other numbers of %(last)s given",
        documents=f"{proof.documents:,}",
        kept=f"{proof.kept:,}",
        last=f"{proof.last:,}",
    )
    click.echo(f"{'ok  ' if proof.whole else 'BAD '} {proof.name}: {told}")
    for fault in proof.faults:
        click.echo(f"     {fault_text(fault)}", err=True)
    for one in proof.explained:
        click.echo(f"     {one.written}: {explanation(one)}")
    for letter in proof.unsent:
        click.echo(f"     {letter.written}: {unsent_text(letter)}")
