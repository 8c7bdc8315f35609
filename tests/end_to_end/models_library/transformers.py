"""Stands for the library in processes of the cron tests: it says nothing anyway."""


class logging:  # noqa: N801 -- the library's name
    @staticmethod
    def disable_progress_bar() -> None:
        pass

    @staticmethod
    def set_verbosity_error() -> None:
        pass
