"""Screens of committees, their members and orders, agencies and people."""

from admin_views.base import EntityView
from models import Agency, AppointmentOrder, Committee, Membership, Person

VIEWS = [
    (Committee, EntityView),
    (Membership, EntityView),
    (AppointmentOrder, EntityView),
    (Person, EntityView),
    (Agency, EntityView),
]
