"""What holds for every test."""

from hypothesis import settings

# A busy machine is slow now and then, and a first example pays for imports: time is not what properties are about.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
