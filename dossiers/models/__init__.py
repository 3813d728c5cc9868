"""The tables, one file a subject. Columns say what they hold; rules for changing them live in the services."""

from dossiers.models.accounts import Agent, AgentSession, LoginAttempt, Role
from dossiers.models.consents import ConsentRecord
from dossiers.models.conversations import Conversation, Kind, Message, Sender, Speaker
from dossiers.models.delivery import InboxItem, InboxState, OutboxItem, OutboxState, SentPart
from dossiers.models.dossiers import Dossier, DossierField, FieldState
from dossiers.models.editing import EditorTask, Feedback, SettledQuestion, Verdict
from dossiers.models.handovers import Handover
from dossiers.models.ids import new_id
from dossiers.models.people import Address, Person, PlanRecord, ResumeCode
from dossiers.models.work import Team, TeamMember

__all__ = [
    "Address",
    "Agent",
    "AgentSession",
    "ConsentRecord",
    "Conversation",
    "Dossier",
    "DossierField",
    "EditorTask",
    "Feedback",
    "FieldState",
    "Handover",
    "InboxItem",
    "InboxState",
    "Kind",
    "LoginAttempt",
    "Message",
    "OutboxItem",
    "OutboxState",
    "Person",
    "PlanRecord",
    "ResumeCode",
    "Role",
    "Sender",
    "SentPart",
    "SettledQuestion",
    "Speaker",
    "Team",
    "TeamMember",
    "Verdict",
    "new_id",
]
