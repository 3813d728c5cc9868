"""All actions, ready for rasa-sdk's executor."""

from __future__ import annotations

from rasa_sdk.executor import ActionExecutor

from actions.answering import ActionAnswer, ActionNotHelpful, ActionNotKnown
from actions.base import AppAction, Services
from actions.dossier.erasing import ActionEraseDossier
from actions.dossier.form import ValidateDossierForm
from actions.dossier.steps import (
    ActionAskConsent,
    ActionExplainQuestion,
    ActionOpenDossier,
    ActionPauseDossier,
    ActionShowDossier,
    ActionSkipQuestion,
    ActionSubmitDossier,
)
from actions.following_up import ActionFollowUp
from actions.human import ActionRequestHuman
from actions.language import ActionOtherLanguage
from actions.profile import ActionCorrect, ActionNoteProfile
from actions.what_now import ActionWhatNow

ACTIONS: tuple[type[AppAction], ...] = (
    ActionAnswer,
    ActionAskConsent,
    ActionCorrect,
    ActionEraseDossier,
    ActionExplainQuestion,
    ActionFollowUp,
    ActionNotHelpful,
    ActionNotKnown,
    ActionNoteProfile,
    ActionOpenDossier,
    ActionOtherLanguage,
    ActionPauseDossier,
    ActionRequestHuman,
    ActionShowDossier,
    ActionSkipQuestion,
    ActionSubmitDossier,
    ActionWhatNow,
    ValidateDossierForm,
)


def executor(services: Services) -> ActionExecutor:
    """rasa-sdk's executor with every action of this app."""
    found = ActionExecutor()
    for action in ACTIONS:
        found.register_action(action(services))
    return found
