"""Who governs: agencies, people, committees, appointment orders and memberships.

The shape follows the report of 2552: a provincial committee (ก.บ.จ.), four mission groups
under it, members of six sectors; the cluster committee (ก.บ.ก.) belongs to a cluster.
"""

from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped

from entities.base import (
    LONG,
    Base,
    InProvince,
    InProvinceOrCluster,
    check,
    field,
    relation,
    unique,
    unique_at_home,
    within,
)
from entities.vocabulary import (
    CommitteeStatus,
    CommitteeType,
    EndReason,
    LocalGovernmentType,
    MemberRole,
    Mission,
    SeatType,
    Sector,
)


class Agency(InProvince, Base):
    """An agency or organisation in the province, with the sector it stands for."""

    __tablename__ = "agency"
    __label__ = _l("Agency"), _l("Agencies")
    __ways__ = {"agency_id": "id"}
    __order__ = "sort_key"
    __context__ = "short_name"
    __rules__ = (unique("agency_name", "province_id", "name"),)
    name: Mapped[str] = field(_l("Name"), listed=True, searched=True)
    short_name: Mapped[str | None] = field(_l("Short name"), searched=True)
    sector: Mapped[Sector] = field(_l("Sector"), listed=True, filtered=True)
    local_government_type: Mapped[LocalGovernmentType | None] = field(
        _l("Type of local government"),
        listed=True,
        filtered=True,
        optional=True,
        help=_l("Only for agencies of the sector local government."),
    )
    head_position: Mapped[str | None] = field(_l("Position of its head"), listed=True)
    document_code: Mapped[str | None] = field(
        _l("Document code"),
        listed=True,
        optional=True,
        help=_l("The owner's number in official document numbers, such as 0017."),
    )
    phone: Mapped[str | None] = field(_l("Telephone"), listed=True, optional=True)
    email: Mapped[str | None] = field(_l("E-mail"))
    address: Mapped[str | None] = field(_l("Address"))
    sort_key: Mapped[str] = field(_l("Sort key"), computed=True, sorted=True)

    def __str__(self) -> str:
        return self.name


class Person(InProvince, Base):
    """A person who serves in the province; one who serves in two has a row in each."""

    __tablename__ = "person"
    __label__ = _l("Person"), _l("People")
    __order__ = "sort_key"
    __context__ = "position"
    name: Mapped[str] = field(_l("Full name"), computed=True, listed=True, searched=True)
    title: Mapped[str | None] = field(
        _l("Form of address"), help=_l("Such as นาย, นาง, นางสาว, ดร.")
    )
    first_name: Mapped[str] = field(_l("First name"))
    last_name: Mapped[str] = field(_l("Last name"))
    position: Mapped[str | None] = field(_l("Position"), searched=True)
    agency_id: Mapped[int | None] = field(
        _l("Agency"), within("agency"), listed=True, filtered=True
    )
    agency: Mapped[Agency | None] = relation(agency_id)
    phone: Mapped[str | None] = field(_l("Telephone"), listed=True, optional=True)
    email: Mapped[str | None] = field(_l("E-mail"), listed=True, optional=True)
    note: Mapped[str | None] = field(_l("Note"), LONG)
    sort_key: Mapped[str] = field(_l("Sort key"), computed=True, sorted=True)

    def __str__(self) -> str:
        return self.name


class Committee(InProvinceOrCluster, Base):
    """A committee of the province or the cluster, with its parent and its quorum."""

    __tablename__ = "committee"
    __label__ = _l("Committee"), _l("Committees")
    __ways__ = {"committee_id": "id"}
    __order__ = "id"
    __context__ = "type"
    __rules__ = (
        *unique_at_home("committee_name", "name"),
        unique(
            "one_provincial_committee", "province_id", where="type = 'kbj' AND status = 'active'"
        ),
        unique("one_cluster_committee", "cluster_id", where="type = 'kbk' AND status = 'active'"),
        unique(
            "one_group_of_a_mission",
            "province_id",
            "mission",
            where="type = 'mission_group' AND status = 'active'",
        ),
        check("cluster_committee_home", "(type = 'kbk') = (cluster_id IS NOT NULL)"),
        check("mission_of_group", "(type = 'mission_group') = (mission IS NOT NULL)"),
        check(
            "dissolved_after",
            "dissolved_on IS NULL OR established_on IS NULL OR dissolved_on >= established_on",
        ),
        check("quorum_range", "quorum_percent BETWEEN 1 AND 100"),
    )
    name: Mapped[str] = field(_l("Name"), listed=True, searched=True)
    short_name: Mapped[str] = field(
        _l("Short name"), searched=True, help=_l("Used in the names of meetings, such as ก.บ.จ.")
    )
    type: Mapped[CommitteeType] = field(_l("Type"), filtered=True, once=True)
    mission: Mapped[Mission | None] = field(
        _l("Mission"), filtered=True, once=True, help=_l("Only for mission groups.")
    )
    parent_id: Mapped[int | None] = field(_l("Under"), within("committee"), listed=True)
    parent: Mapped["Committee | None"] = relation(parent_id, remote_side="Committee.id")
    legal_basis: Mapped[str | None] = field(_l("Legal basis"), LONG)
    duties: Mapped[str | None] = field(_l("Duties"), LONG)
    seats: Mapped[int | None] = field(
        _l("Seats"),
        listed=True,
        help=_l("How many members the order names; empty seats are shown as gaps."),
    )
    quorum_percent: Mapped[int] = field(
        _l("Quorum (%)"),
        default=50,
        listed=True,
        optional=True,
        help=_l("Of the members; half is the usual rule."),
    )
    established_on: Mapped[date | None] = field(
        _l("Established on"), listed=True, optional=True, sorted=True
    )
    dissolved_on: Mapped[date | None] = field(_l("Dissolved on"), computed=True)
    status: Mapped[CommitteeStatus] = field(
        _l("Status"), computed=True, listed=True, filtered=True, default=CommitteeStatus.ACTIVE
    )
    sort_key: Mapped[str] = field(_l("Sort key"), computed=True, sorted=True)

    def __str__(self) -> str:
        return self.name


class AppointmentOrder(InProvinceOrCluster, Base):
    """An order (คำสั่ง) that appoints the members of a committee; a newer one supersedes it."""

    __tablename__ = "appointment_order"
    __label__ = _l("Appointment order"), _l("Appointment orders")
    __order__ = "-ordered_on"
    __context__ = "subject"
    __rules__ = (
        *unique_at_home("order_number", "number"),
        check("effective_after_order", "superseded_on IS NULL OR superseded_on >= effective_on"),
    )
    number: Mapped[str] = field(
        _l("Order number"), listed=True, searched=True, help=_l("Such as 1234/2569.")
    )
    committee_id: Mapped[int] = field(
        _l("Committee"), within("committee"), listed=True, filtered=True, once=True
    )
    committee: Mapped[Committee] = relation(committee_id)
    subject: Mapped[str] = field(_l("Subject"), searched=True)
    ordered_on: Mapped[date] = field(_l("Ordered on"), listed=True, filtered=True, sorted=True)
    effective_on: Mapped[date] = field(_l("Effective on"), listed=True, sorted=True)
    signer_name: Mapped[str] = field(_l("Signed by"), listed=True, optional=True)
    signer_position: Mapped[str] = field(_l("Position of the signer"))
    supersedes_id: Mapped[int | None] = field(
        _l("Supersedes"),
        within("appointment_order"),
        once=True,
        help=_l("Memberships of the older order are closed; write the members of this order anew."),
    )
    supersedes: Mapped["AppointmentOrder | None"] = relation(
        supersedes_id, remote_side="AppointmentOrder.id"
    )
    superseded_on: Mapped[date | None] = field(_l("Superseded on"), computed=True, listed=True)
    note: Mapped[str | None] = field(_l("Note"), LONG)

    def __str__(self) -> str:
        return self.number


class Membership(InProvinceOrCluster, Base):
    """A seat on a committee: who, by what title, for which sector, from when to when.

    Name and office are written into the row, so that a cluster committee shows another
    province's member without reaching that province's people.
    """

    __tablename__ = "membership"
    __label__ = _l("Member"), _l("Members")
    __order__ = "seat_number"
    __context__ = "position"
    __rules__ = (
        unique("one_active_chair", "committee_id", where="role = 'chair' AND closed_on IS NULL"),
        unique(
            "one_active_secretary",
            "committee_id",
            where="role = 'member_secretary' AND closed_on IS NULL",
        ),
        unique("one_active_seat", "committee_id", "person_id", where="closed_on IS NULL"),
        check("ends_after_start", "ends_on IS NULL OR ends_on > starts_on"),
        check("closed_after_start", "closed_on IS NULL OR closed_on >= starts_on"),
        check("closed_with_reason", "(closed_on IS NULL) = (end_reason IS NULL)"),
    )
    name: Mapped[str] = field(
        _l("Name"),
        listed=True,
        searched=True,
        help=_l("Left empty, it is taken from the person chosen below."),
    )
    position: Mapped[str | None] = field(_l("Position"), searched=True)
    committee_id: Mapped[int] = field(
        _l("Committee"), within("committee"), listed=True, filtered=True, once=True
    )
    committee: Mapped[Committee] = relation(committee_id)
    person_id: Mapped[int | None] = field(_l("Person"), within("person"))
    person: Mapped[Person | None] = relation(person_id)
    agency_id: Mapped[int | None] = field(_l("Agency represented"), within("agency"))
    agency: Mapped[Agency | None] = relation(agency_id)
    role: Mapped[MemberRole] = field(_l("Role on the committee"), listed=True, filtered=True)
    sector: Mapped[Sector] = field(_l("Sector"), listed=True, filtered=True)
    local_government_type: Mapped[LocalGovernmentType | None] = field(
        _l("Type of local government")
    )
    seat_type: Mapped[SeatType] = field(_l("Seat"), filtered=True)
    seat_number: Mapped[int] = field(_l("Order in the list"), default=0, sorted=True)
    order_id: Mapped[int | None] = field(
        _l("Appointment order"), within("appointment_order"), listed=True, optional=True, once=True
    )
    order: Mapped[AppointmentOrder | None] = relation(order_id)
    term_number: Mapped[int] = field(_l("Term number"), default=1)
    starts_on: Mapped[date] = field(_l("Serves from"), listed=True, filtered=True, sorted=True)
    ends_on: Mapped[date | None] = field(
        _l("Term ends on"), listed=True, filtered=True, sorted=True
    )
    substitute_allowed: Mapped[bool] = field(_l("May send a delegate"), default=True)
    closed_on: Mapped[date | None] = field(_l("Left on"), computed=True, filtered=True)
    end_reason: Mapped[EndReason | None] = field(_l("Why it ended"), computed=True)
    sort_key: Mapped[str] = field(_l("Sort key"), computed=True, sorted=True)

    def __str__(self) -> str:
        return self.name
