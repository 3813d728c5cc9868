"""People who write: buttons and short texts, one after the other or several at once, also to a colleague."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Hashable
from dataclasses import dataclass, field

from tests.torture.notices import is_notice
from tests.torture.phones import Button, Phone
from tests.torture.records import Sent
from tests.torture.stub_bot import WISH
from tests.torture.watch import Watch

BOT, QUEUE, AGENT = "bot", "queue", "agent"
PATIENCE = 300.0
NUDGE_AFTER = 5.0
TO_PERSON, BACK = "Talk to a person", "Go on with the assistant"
PHRASES = (
    "hello", "hi there", "good morning", "thank you", "thanks a lot", "ok thanks", "that helps", "good evening",
    "where is the town hall", "do i need fire insurance", "how do i open a bank account", "where can i learn dutch",
    "how much does it cost", "i am new here", "what can you do", "how do i find a family doctor", "see you soon",
)  # fmt: skip
TO_COLLEAGUE = (
    "thank you for helping me", "i still have a question about my papers", "my landlord wrote me a letter",
    "i moved last week", "could you look at it", "i will bring the paper tomorrow", "is that the right counter",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Habits:
    """How people are: chances for each step."""

    press: float = 0.62
    several: float = 0.10
    ask_person: float = 0.05
    back_to_bot: float = 0.15
    hurry: float = 0.25  # goes on before the last part of an answer is there
    rest: float = 0.3  # seconds at most between an answer and the next message


@dataclass
class Budget:
    """How many messages may still be sent, and until when."""

    left: int
    until: float

    def take(self) -> bool:
        """Takes one; False: none is left, or it is too late."""
        if self.left <= 0 or time.monotonic() > self.until:
            return False
        self.left -= 1
        return True


@dataclass(frozen=True, slots=True)
class Wait:
    """How long a person waited for an answer. ``floor``: who had the floor; ``answered``: False when they gave up."""

    seconds: float
    floor: str
    answered: bool
    where: str


@dataclass
class Person:
    """One person. ``busy``: held while something of theirs is on its way; ``free``: cleared by a colleague who wants
    to end in peace; ``done``: they write no more; ``directory``: who is in which conversation."""

    name: str
    phone: Phone
    watch: Watch
    budget: Budget
    chance: random.Random
    directory: dict[str, Person]
    habits: Habits = field(default_factory=Habits)
    conversation: str = ""
    sent: list[Sent] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)
    busy: asyncio.Lock = field(default_factory=asyncio.Lock)
    free: asyncio.Event = field(default_factory=asyncio.Event)
    done: bool = False
    _wrote_in_queue: bool = False

    @property
    def first_words(self) -> str:
        """What they say first; nobody else says it."""
        return f"hello ({self.name}.1)"

    async def live(self) -> None:
        """Writes until the budget is used up, and waits for the last answer."""
        self.free.set()
        try:
            await self._live()
        finally:
            self.done = True

    async def _live(self) -> None:
        await self.phone.open()
        if not self.budget.take():
            return
        await self._waiting(self._say("hello"))
        self.conversation = getattr(self.phone, "id", "") or await self.watch.conversation_of(self.first_words)
        self.directory[self.conversation] = self
        await self._until_settled()
        while True:
            await self.free.wait()
            async with self.busy:
                if not self.budget.take():
                    return
                await self._step()
            await asyncio.sleep(self.chance.uniform(0.0, self.habits.rest))

    async def _step(self) -> None:
        floor = self.watch.speaker(self.conversation)
        if floor == QUEUE:
            await self._in_queue()
        elif floor == AGENT:
            self._wrote_in_queue = False
            await self._waiting(self._say(self.chance.choice(TO_COLLEAGUE)))
        elif self.chance.random() < self.habits.ask_person:
            button = next((b for b in self._buttons() if b.title.startswith(TO_PERSON[:12])), None)
            await self._waiting(self._say(WISH) if button is None else self._press(button))
            await self.watch.fresh()
        elif self.chance.random() < self.habits.several:
            await self._several()
        else:
            await self._waiting(self._cheap())

    async def _in_queue(self) -> None:
        """Goes back to the bot, or writes one more thing, and waits for the colleague."""
        back = next((b for b in self._buttons() if b.title.startswith(BACK[:12])), None)
        if back is not None and not self._wrote_in_queue and self.chance.random() < self.habits.back_to_bot:
            await self._waiting(self._press(back))
            await self.watch.fresh()
            return
        self._wrote_in_queue = True
        await self._waiting(self._say(self.chance.choice(TO_COLLEAGUE)))

    async def _several(self) -> None:
        """Two or three things at once; then waits until all of it is worked through.

        Either all are words or all are buttons: Telegram keeps these apart, and one kind may overtake the other.
        """
        buttons = self._pressable() if self.chance.random() < self.habits.press else []
        for number in range(self.chance.randint(2, 3)):
            if number and not self.budget.take():
                break
            wish = self._press(self.chance.choice(buttons)) if buttons else self._say(self.chance.choice(PHRASES))
            await self._keep(wish, waited=False)
        await self._until_settled()

    async def _settled(self) -> None:
        """Everything they sent has arrived and is worked through, everything of ours is on the screen."""
        await self.watch.until_arrived(self.conversation, len(self.sent))
        await self.watch.until_settled(self.conversation)
        await self.phone.look(await self.watch.newest(self.conversation))

    async def _until_settled(self) -> None:
        try:
            await asyncio.wait_for(self._settled(), PATIENCE)
        except TimeoutError:
            self.waits.append(Wait(PATIENCE, self.watch.speaker(self.conversation), answered=False, where=self._where))

    async def _waiting(self, sending: Awaitable[Hashable]) -> None:
        """Sends, and waits for the answer; who is not in a hurry, for all of it."""
        floor = self.watch.speaker(self.conversation)
        mark, began = len(self.phone.screen.seen), time.monotonic()
        in_hurry = self.chance.random() < self.habits.hurry and self.phone.channel != "web"
        await self._keep(sending, waited=True)
        answered = await self._answered(mark, began)
        self.waits.append(Wait(time.monotonic() - began, floor, answered, self._where))
        if self.phone.channel != "web" and self.conversation:
            if in_hurry:
                await self._keep_hurried()
            await self._until_settled()

    async def _keep_hurried(self) -> None:
        """Writes while the rest of an answer may still come: which answer is whose cannot be told then."""
        if self.watch.speaker(self.conversation) == BOT and self.budget.take():
            await self._keep(self._cheap(), waited=False)

    async def _answered(self, mark: int, began: float) -> bool:
        screen, nudged = self.phone.screen, began
        while time.monotonic() - began < PATIENCE:
            screen.news.clear()
            if any(seen.ours and not is_notice(seen.text) for seen in screen.seen[mark:]):
                return True
            try:
                await asyncio.wait_for(screen.news.wait(), NUDGE_AFTER)
            except TimeoutError:
                if time.monotonic() - nudged >= NUDGE_AFTER:
                    nudged = time.monotonic()
                    self.phone.nudge()
        return False

    @property
    def _where(self) -> str:
        return f"{self.name} number {len(self.sent)}"

    async def _keep(self, sending: Awaitable[Hashable], *, waited: bool) -> None:
        number = len(self.sent) + 1
        label = await sending
        self.sent.append(Sent(label, f"{self.name} number {number}", waited))

    def _say(self, phrase: str) -> Awaitable[Hashable]:
        return self.phone.say(f"{phrase} ({self.name}.{len(self.sent) + 1})")

    def _press(self, button: Button) -> Awaitable[Hashable]:
        return self.phone.press(button)

    def _cheap(self) -> Awaitable[Hashable]:
        """A button of the last messages, or a short text."""
        buttons = self._pressable()
        if buttons and self.chance.random() < self.habits.press:
            return self._press(self.chance.choice(buttons))
        return self._say(self.chance.choice(PHRASES))

    def _pressable(self) -> list[Button]:
        """Buttons that do not change who answers."""
        return [b for b in self._buttons() if not b.title.startswith((TO_PERSON[:12], BACK[:12]))]

    def _buttons(self) -> list[Button]:
        """What the last messages offered, the newest first."""
        ours = [seen for seen in self.phone.screen.seen[-8:] if seen.ours]
        return [button for seen in reversed(ours) for button in seen.buttons][:6]
