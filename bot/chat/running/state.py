"""How the running bot is, at one moment."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class State:
    """``ok``: it hears Telegram. Ages and silence in seconds; ``snapshot`` is "" until the first look."""

    ok: bool
    snapshot: str
    snapshot_age: float
    silence: float
    running: int
    waiting: int
    troubles: tuple[str, ...]

    def record(self) -> dict[str, object]:
        """Return it as JSON has it, numbers rounded."""
        return {name: round(value, 1) if isinstance(value, float) else value for name, value in asdict(self).items()}
