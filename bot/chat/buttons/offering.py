"""What becomes of a press on a button that asks for something else: another reading of the question, or more of it.

The message with the button is changed in place, so a second press does no harm. Which buttons there are is decided in
``bot.chat.buttons.offers``.
"""

from dataclasses import dataclass, replace

from telegram import CallbackQuery, Message

from bot.chat.asking.memory import Kept
from bot.chat.asking.pool import PoolFull
from bot.chat.buttons.acknowledging import Acknowledgement
from bot.chat.buttons.keyboards import Action, Press, keyboard, links_only
from bot.chat.buttons.offers import asked_anew, offers_of
from bot.chat.conversation import today
from bot.chat.desk import Desk
from bot.chat.showing import texts
from bot.chat.showing.delivery import Delivery
from bot.chat.showing.letters import Letter, letter_to
from bot.chat.showing.rendering import View, first_view, render
from bot.chat.storage.database import StoredAnswer
from bot.languages.language import Language
from bot.records import Answer


@dataclass(frozen=True, slots=True)
class Pressed:
    """A press with all that it is about. ``language`` is the presser's."""

    query: CallbackQuery
    message: Message
    press: Press
    stored: StoredAnswer
    acknowledgement: Acknowledgement
    language: Language

    @property
    def shown_in(self) -> Language:
        """The language of the message, which it keeps."""
        return self.press.language or self.language

    def letter(self, words: str) -> Letter:
        """A message of its own to the presser."""
        return letter_to(self.message, self.language.say(words))


class Offering:
    """Asks anew, or for more, and shows it in the place of the answer."""

    def __init__(self, desk: Desk, delivery: Delivery) -> None:
        self._desk, self._delivery = desk, delivery

    async def obey(self, pressed: Pressed) -> None:
        """Do what the button says; where the question is forgotten, say so."""
        kept = self._desk.memory.kept(pressed.press.token)
        try:
            if pressed.press.action is Action.ELSEWHERE:
                found = await self._desk.elsewhere(pressed.stored, pressed.query.from_user.id)
                await self._go_on(pressed, kept, found, texts.NOTHING_ELSEWHERE)
            elif kept is None:
                await pressed.acknowledgement.give(pressed.language.say(texts.QUESTION_FORGOTTEN), alert=True)
            elif pressed.press.action is Action.INSIDE:
                found = await self._desk.more_inside(kept.question, pressed.stored, pressed.query.from_user.id)
                await self._go_on(pressed, kept, found, texts.NOTHING_MORE_INSIDE)
            else:
                await pressed.acknowledgement.give()
                question = asked_anew(kept, pressed.press.action)
                await self._replace(pressed, kept, await self._desk.ask(question, asker=pressed.query.from_user.id))
        except (PoolFull, TimeoutError):
            await self._delivery.send(pressed.letter(texts.BUSY))

    async def _go_on(self, pressed: Pressed, kept: Kept | None, found: StoredAnswer | None, nothing: str) -> None:
        """Turn to the page behind the first one; there the way back is."""
        if found is None:
            await self._tell(pressed, nothing)
            return
        await pressed.acknowledgement.give()
        remembered = await self._desk.archive.store(found)
        view = await self._desk.view(found, 1, wide=False)
        if remembered is None or not view.quotes:
            await self._delivery.send(pressed.letter(texts.ARTICLE_CHANGED))
            return
        if kept is not None:
            self._desk.memory.keep(remembered[0], kept)
        await self._put(pressed, view, Press(remembered[0], page=1), found, kept)

    async def _replace(self, pressed: Pressed, kept: Kept, answer: Answer) -> None:
        """Show another answer, which is then what a next question follows up."""
        chat = pressed.message.chat_id
        self._desk.memory.note(kept.asker, chat, answer)
        view, remembered = first_view(answer, pressed.shown_in), await self._desk.archive.remember(answer)
        if remembered is None:
            page = render(view, today(), pressed.shown_in)
            links = links_only(page.shown, pressed.shown_in)
            letter = Letter(chat, page.text, page.entities, links, edits=pressed.message.message_id)
            await self._delivery.send(letter)
            return
        token, stored = remembered
        anew = Kept.of(answer, kept.asker)
        self._desk.memory.keep(token, anew)
        await self._put(pressed, view, Press(token), stored, anew)

    async def _put(self, pressed: Pressed, view: View, press: Press, stored: StoredAnswer, kept: Kept | None) -> None:
        message = pressed.message
        page = render(view, today(), pressed.shown_in)
        offers = offers_of(kept, stored) if kept and press.page == 0 else ()
        buttons = keyboard(replace(press, language=pressed.shown_in), len(stored.pages), page.shown, offers)
        letter = Letter(message.chat_id, page.text, page.entities, buttons, edits=message.message_id)
        if await self._delivery.send(letter) is not None:
            await self._desk.archive.place(message.chat_id, message.message_id, press.token, press.page)

    async def _tell(self, pressed: Pressed, words: str) -> None:
        """Say it over the button; where the search took too long for that, in a message."""
        if not await pressed.acknowledgement.give(pressed.language.say(words)):
            await self._delivery.send(pressed.letter(words))
