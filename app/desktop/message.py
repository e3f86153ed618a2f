"""What a page says in place of its content: why there is nothing to show, and what to do."""

from collections.abc import Callable

from widgets.flow import EmptyState

Button = tuple[str, str, Callable[[], object]]
"""Title, icon and what a press does."""


class PageMessage(EmptyState):
    """An EmptyState whose words and buttons change together; the first button is the one thing to do."""

    def say(self, icon: str, title: str, text: str, *buttons: Button) -> None:
        """Show these words and buttons."""
        self.set_content(icon, title, text)
        self.clear_actions()
        for number, (words, button_icon, press) in enumerate(buttons):
            self.add_action(words, button_icon, primary=number == 0).clicked.connect(press)
