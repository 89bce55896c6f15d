"""Screens of accounts and grants."""

from admin_views.base import EntityView
from models import Deployment, RoleGrant, UserAccount

VIEWS = [(UserAccount, EntityView), (RoleGrant, EntityView), (Deployment, EntityView)]
