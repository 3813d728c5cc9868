"""All actions, ready for rasa-sdk's executor."""

from __future__ import annotations

from rasa_sdk.executor import ActionExecutor

from actions.answering import ActionNotHelpful
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
from actions.plan.listening import ActionAnswerOrPlan, ActionNotKnownOrPlan, ActionShortAnswer
from actions.plan.now import ActionShowPlan, ActionWhatNow
from actions.plan.progress import ActionNotForMe, ActionStepDone, ActionStepUndo
from actions.plan.remind import ActionRemindMe
from actions.plan.trouble import ActionStepTrouble
from actions.plan.what_if import ActionWhatIf
from actions.plan.why import ActionAmLate, ActionWhyStep
from actions.privacy.ending import ActionEndChat
from actions.privacy.my_data import ActionMyData
from actions.privacy.sharing import ActionAskShareProfile
from actions.privacy.withdrawing import ActionWithdrawConsent
from actions.profile import ActionCorrect, ActionNoteProfile

ACTIONS: tuple[type[AppAction], ...] = (
    ActionAmLate,
    ActionAnswerOrPlan,
    ActionAskConsent,
    ActionAskShareProfile,
    ActionCorrect,
    ActionEndChat,
    ActionEraseDossier,
    ActionExplainQuestion,
    ActionFollowUp,
    ActionMyData,
    ActionNotForMe,
    ActionNotHelpful,
    ActionNotKnownOrPlan,
    ActionNoteProfile,
    ActionOpenDossier,
    ActionOtherLanguage,
    ActionPauseDossier,
    ActionRemindMe,
    ActionRequestHuman,
    ActionShortAnswer,
    ActionShowDossier,
    ActionShowPlan,
    ActionSkipQuestion,
    ActionStepDone,
    ActionStepTrouble,
    ActionStepUndo,
    ActionSubmitDossier,
    ActionWhatIf,
    ActionWhatNow,
    ActionWhyStep,
    ActionWithdrawConsent,
    ValidateDossierForm,
)


def executor(services: Services) -> ActionExecutor:
    """rasa-sdk's executor with every action of this app."""
    found = ActionExecutor()
    for action in ACTIONS:
        found.register_action(action(services))
    return found
