"""What a new installation needs: its number, reference data, committees, first administrator."""

from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from access.database import ensure
from entities import dates
from entities.vocabulary import (
    CommitteeType,
    DeploymentKind,
    GrantScope,
    Mission,
    Role,
    Sector,
    Week,
    Weekday,
)
from models import (
    Agency,
    Committee,
    Deployment,
    OfficeUnit,
    Province,
    Rhythm,
    RoleGrant,
    UserAccount,
)
from rules import accounts
from seed import reference
from seed.territory import english_slug, find_province

DEMO_NUMBER = 100
DECREE = "พระราชกฤษฎีกาว่าด้วยการบริหารงานเชิงพื้นที่แบบบูรณาการ พ.ศ. 2565"
GROUPS = {
    Mission.ECONOMY: "กลุ่มภารกิจด้านเศรษฐกิจ",
    Mission.SOCIAL: "กลุ่มภารกิจด้านสังคม",
    Mission.SECURITY: "กลุ่มภารกิจด้านความมั่นคง",
    Mission.MANAGEMENT: "กลุ่มภารกิจด้านการบริหารจัดการ",
}
URGENT, MONTHLY = "คณะทำงานติดตามนโยบายเร่งด่วน", "คณะกรมการจังหวัดและหัวหน้าส่วนราชการ"


def province(session: Session, name: str) -> list[str]:
    """Prepare the database for one real province; says what was made. Raises LookupError."""
    province_id = find_province(name)
    told = [_install(session, province_id, province_id, DeploymentKind.PROVINCE)]
    place = session.get(Province, province_id)
    office = committees(session, place)["office"]
    _first(
        session, OfficeUnit, province_id=place.id, name=office.name, short_name="สนจ.", code="0017"
    )
    told.append(_administrator(session, place))
    return told


def demo(session: Session, large: bool = False) -> list[str]:
    """Prepare the demonstration with the eight provinces of the report of 2552.

    `large` makes registers of some thousand documents.
    """
    from seed import demonstration

    told = [_install(session, DEMO_NUMBER, None, DeploymentKind.DEMO)]
    password = demo_password()
    told += demonstration.fill(session, password, dates.today(), large)
    told.append(
        f"Demo accounts: secretary.lopburi, finance.chainat, governor.chiangmai, bureau_officer … password: {password}"
    )
    return told


def demo_password() -> str:
    """One password for every demo account, made once and kept in the data folder."""
    settings = current_app.config["SETTINGS"]
    if settings.demo_password:
        return str(settings.demo_password)
    path = settings.folder() / "demo-password.txt"
    if not path.exists():
        path.write_text(accounts.one_time_password(), encoding="utf-8")
        path.chmod(0o600)
    return str(path.read_text(encoding="utf-8")).strip()


def _install(session: Session, number: int, province_id: int | None, kind: DeploymentKind) -> str:
    """Write the deployment's number once, start the record ids there, bring in reference data."""
    added = reference.load(session)
    found = session.scalar(select(Deployment))
    if found is not None and (found.number, found.kind) != (number, kind):
        raise LookupError(f"this database already belongs to {found.name} (number {found.number})")
    if found is None:
        ensure(session.connection(), number)
        title = session.get(Province, province_id).name if province_id else "ระบบสาธิต"
        session.add(Deployment(name=title, number=number, kind=kind, home_province_id=province_id))
        session.flush()
    return f"Reference data: {added:,} rows added"


def committees(session: Session, place: Any) -> dict[str, Committee]:
    """The province's ก.บ.จ., four mission groups, the two standing meetings and their rhythm."""
    office = _first(
        session,
        Agency,
        province_id=place.id,
        name=f"สำนักงานจังหวัด{place.name}",
        sector=Sector.GOVERNMENT,
        short_name="สนจ.",
        document_code="0017",
        head_position=f"หัวหน้าสำนักงานจังหวัด{place.name}",
    )
    made: dict[str, Committee] = {"office": office}  # type: ignore[dict-item]
    main = _first(
        session,
        Committee,
        province_id=place.id,
        type=CommitteeType.PROVINCE,
        legal_basis=DECREE,
        name=f"คณะกรรมการบริหารงานจังหวัดแบบบูรณาการ จังหวัด{place.name}",
        short_name="ก.บ.จ.",
    )
    made["kbj"] = main
    for mission, title in GROUPS.items():
        made[mission.value] = _first(
            session,
            Committee,
            province_id=place.id,
            type=CommitteeType.MISSION_GROUP,
            mission=mission,
            name=title,
            short_name=title,
            parent_id=main.id,
        )
    made["urgent"] = _first(
        session,
        Committee,
        province_id=place.id,
        type=CommitteeType.WORKING_GROUP,
        name=URGENT,
        short_name="ติดตามนโยบายเร่งด่วน",
    )
    made["monthly"] = _first(
        session,
        Committee,
        province_id=place.id,
        type=CommitteeType.PROVINCIAL_BOARD,
        name=MONTHLY,
        short_name="ประชุมประจำเดือน",
    )
    rhythm(session, place, made)
    return made


def rhythm(session: Session, place: Any, made: dict[str, Committee]) -> None:
    """Lop Buri's four weeks: urgent policy, the mission groups, ก.บ.จ., the monthly meeting."""
    time = dates.parse_time
    plan = [
        ("urgent", Week.FIRST, Weekday.TUESDAY, "09.30", "ศูนย์ปฏิบัติการจังหวัด (POC)"),
        (Mission.MANAGEMENT.value, Week.SECOND, Weekday.TUESDAY, "09.30", "ห้องประชุม 1"),
        (Mission.SECURITY.value, Week.SECOND, Weekday.WEDNESDAY, "09.30", "ห้องประชุม 1"),
        (Mission.SOCIAL.value, Week.SECOND, Weekday.WEDNESDAY, "13.30", "ห้องประชุม 2"),
        (Mission.ECONOMY.value, Week.SECOND, Weekday.THURSDAY, "13.30", "ห้องประชุม 2"),
        ("kbj", Week.THIRD, Weekday.WEDNESDAY, "09.30", "ห้องประชุม 1"),
        ("monthly", Week.FOURTH, Weekday.FRIDAY, "09.30", "หอประชุมจังหวัด"),
    ]
    for key, week, weekday, starts, venue in plan:
        committee = made[key]
        _first(
            session,
            Rhythm,
            province_id=place.id,
            committee_id=committee.id,
            week=week,
            weekday=weekday,
            title=committee.short_name,
            starts_at=time(starts),
            ends_at=None,
            venue=f"{venue} ศาลากลางจังหวัด{place.name}",
        )


def _first(session: Session, entity: Any, **values: Any) -> Any:
    """The record of these values, made where it is missing; found by home, name and week."""
    keys = {
        k: values[k]
        for k in ("province_id", "cluster_id", "name", "committee_id", "week")
        if k in values
    }
    found = session.scalar(select(entity).filter_by(**keys))
    if found is None:
        found = entity(**values)
        session.add(found)
        session.flush()
    return found


def _administrator(session: Session, place: Any) -> str:
    username = f"admin.{english_slug(place.id)}"
    if session.scalar(select(UserAccount.id).where(UserAccount.username == username)) is not None:
        return f"Administrator {username}: already there"
    account = UserAccount(
        username=username, name=f"ผู้ดูแลระบบจังหวัด{place.name}", province_id=place.id
    )
    password = accounts.open_account(account)
    session.add(account)
    session.flush()
    grant(session, account, Role.PROVINCE_ADMIN, GrantScope.PROVINCE, province_id=place.id)
    return (
        f"Administrator {username}: one-time password {password} (must be changed at first sign-in)"
    )


def grant(
    session: Session, account: UserAccount, role: Role, scope: GrantScope, **target: Any
) -> None:
    """Give an account a role from today on."""
    session.add(
        RoleGrant(user_id=account.id, role=role, scope=scope, starts_on=dates.today(), **target)
    )
    session.flush()
