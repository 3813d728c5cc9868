"""Who may use the desk: agents, their log-ins, second factors, sessions, and how often somebody may guess.

A copy of the database opens no desk: it holds argon2 hashes of passwords, plain hashes of random tokens, keyed hashes
of recovery codes, and sealed secrets of authenticator apps.
"""

from dossiers.accounts import administration, identities, invitations, second_factor, steps, throttle
from dossiers.accounts.agents import (
    NEED_SECOND_FACTOR,
    activate,
    any_agent,
    by_login,
    create_agent,
    deactivate,
    normal_login,
    rename,
    roles_of,
    set_password,
    set_roles,
    set_teams,
)
from dossiers.accounts.errors import AccountError, StepOver, ThrottledError
from dossiers.accounts.logging_in import CodeNeeded, check_password, enter, finish, log_in
from dossiers.accounts.passwords import LONGEST_PASSWORD, SHORTEST_PASSWORD, hash_password, random_password
from dossiers.accounts.sessions import (
    ABSOLUTE,
    IDLE,
    LoggedIn,
    Way,
    end_one,
    end_session,
    end_sessions,
    is_csrf_token,
    open_session,
    renew,
    seen,
    session_of,
    sessions_of,
)
from dossiers.accounts.throttle import FAILURES_PER_CLIENT, FAILURES_PER_LOGIN, WINDOW

__all__ = [
    "ABSOLUTE",
    "FAILURES_PER_CLIENT",
    "FAILURES_PER_LOGIN",
    "IDLE",
    "LONGEST_PASSWORD",
    "NEED_SECOND_FACTOR",
    "SHORTEST_PASSWORD",
    "WINDOW",
    "AccountError",
    "CodeNeeded",
    "LoggedIn",
    "StepOver",
    "ThrottledError",
    "Way",
    "activate",
    "administration",
    "any_agent",
    "by_login",
    "check_password",
    "create_agent",
    "deactivate",
    "end_one",
    "end_session",
    "end_sessions",
    "enter",
    "finish",
    "hash_password",
    "identities",
    "invitations",
    "is_csrf_token",
    "log_in",
    "normal_login",
    "open_session",
    "random_password",
    "rename",
    "renew",
    "roles_of",
    "second_factor",
    "seen",
    "session_of",
    "sessions_of",
    "set_password",
    "set_roles",
    "set_teams",
    "steps",
    "throttle",
]
