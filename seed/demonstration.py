"""The demonstration: eight provinces of the report of 2552, with made-up people."""

from datetime import date

from flask_security import hash_password
from sqlalchemy import select
from sqlalchemy.orm import Session

from entities.vocabulary import GrantScope, Role
from models import Province, UserAccount
from seed import deployment
from seed.territory import english_slug

PROVINCES = (50, 52, 41, 39, 18, 16, 90, 92)
OFFICE_ROLES = (
    Role.PROVINCE_ADMIN,
    Role.GOVERNOR,
    Role.DEPUTY_GOVERNOR,
    Role.CHIEF_OF_OFFICE,
    Role.SECRETARY,
    Role.PLANNER,
    Role.FINANCE,
    Role.COMPLAINT_OFFICER,
    Role.REGISTRAR,
    Role.PERSONNEL_OFFICER,
)


def fill(session: Session, password: str, today: date) -> list[str]:
    """Fill the database; says what was made. Does nothing where the demo stands already."""
    if session.scalar(select(UserAccount.id).limit(1)) is not None:
        return ["The demonstration is already there"]
    hashed = hash_password(password)
    for province_id in PROVINCES:
        place = session.get(Province, province_id)
        deployment.committees(session, place)
        for role in OFFICE_ROLES:
            account = deployment.account(
                session,
                f"{role.value}.{english_slug(province_id)}",
                f"{role.title} {place.name}",
                hashed,
                province_id=province_id,
            )
            deployment.grant(session, account, role, GrantScope.PROVINCE, province_id=province_id)
    return [f"Made for {today}"]
