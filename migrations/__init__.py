"""The database's history; `env.py` is Alembic's, `heads.py` says how far a database is."""
