"""Commands of `flask --app app`; one file per command."""

from flask import Flask

from commands import audit, check, deploy, packet, policy, seed, user


def register(app: Flask) -> None:
    """Add every command to an application."""
    for command in (
        audit.audit,
        check.check,
        deploy.deploy,
        packet.packet,
        policy.policy,
        seed.seed,
        user.user,
    ):
        app.cli.add_command(command)
