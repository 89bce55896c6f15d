"""Commands of `flask --app app`; one file per command."""

from flask import Flask

from commands import (
    audit,
    budget,
    check,
    complaints,
    deploy,
    keys,
    ledger,
    packet,
    policy,
    registers,
    remind,
    seed,
    tidy,
    user,
)


def register(app: Flask) -> None:
    """Add every command to an application."""
    for command in (
        audit.audit,
        budget.budget,
        check.check,
        complaints.complaints,
        deploy.deploy,
        keys.keys,
        ledger.ledger,
        packet.packet,
        policy.policy,
        registers.registers,
        remind.remind,
        seed.seed,
        tidy.tidy,
        user.user,
    ):
        app.cli.add_command(command)
