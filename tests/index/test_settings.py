"""The settings file as operators write it, rightly and wrongly."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.settings import BotSettings
from index.errors import SettingsError
from index.settings import FilesSource, Settings, find_settings, load_settings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the settings file goes: in a folder that is not the working folder."""
    (tmp_path / "etc").mkdir()
    return tmp_path / "etc" / "verbatim.toml"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


def problems_of(file: Path, text: str, *overrides: str) -> list[str]:
    """What is reported about a file that the bot reads, without the line that names it."""
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_settings(BotSettings, file, overrides)
    return [line.strip() for line in str(caught.value).splitlines()[1:]]


def message_of(file: Path | None, *overrides: str) -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings(BotSettings, file, overrides)
    return str(caught.value)


def loaded(file: Path, text: str, *overrides: str) -> BotSettings:
    file.write_text(text, encoding="utf-8")
    return load_settings(BotSettings, file, overrides)


def folders(settings: Settings) -> list[Path]:
    return [source.folder for source in settings.sources if isinstance(source, FilesSource)]


def test_everything_wrong_is_reported_at_once(file: Path) -> None:
    """Who corrects a file sees every problem of every section, each with its full path, in one go."""
    text = """
        [storage]
        foldr = "a"
        [index]
        passage_word = 3
        shared_sentences = "x"
        max_failed_share = 7
        [[sources]]
        kind = "files"
        folder = "b"
        patern = ["*"]
        [answers]
        quotes = 9
        threshold = "high"
        [telegram]
        workers = 0
        [indx]
    """
    assert problems_of(file, text) == [
        "storage.foldr: unknown key; did you mean folder?",
        "sources.0.patern (in [[sources]] number 1): unknown key; did you mean patterns?",
        "index.shared_sentences: should be a valid integer (got 'x')",
        "index.max_failed_share: should be less than or equal to 1 (got 7)",
        "index.passage_word: unknown key; did you mean passage_words?",
        "answers.quotes: should be less than or equal to 3 (got 9)",
        "answers.threshold: should be a valid number (got 'high')",
        "telegram.workers: should be greater than or equal to 1 (got 0)",
        "indx: unknown key; did you mean index?",
    ]


def test_the_message_names_the_file(file: Path) -> None:
    """With several files on a machine, which one is wrong matters most."""
    file.write_text("[indx]\n")
    assert message_of(file).startswith(f"the settings of {file} cannot be used:\n  indx")


def test_words_go_where_the_vectors_are(file: Path) -> None:
    """Files of vectors hold no words, so a setting that says so would have no effect."""
    problem = 'vectors.words: "engine" needs engine = "milvus": the files of "faiss" hold vectors only'
    assert problems_of(file, '[vectors]\nwords = "engine"') == [problem]
    assert problems_of(file, '[vectors]\nengine = "milvus"\nwords = "mine"')[0].startswith("vectors.words: ")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("passage_words = 80", "passage_words: unknown key; did you mean index.passage_words?"),
        ('folder = "a"', "folder: unknown key; did you mean storage.folder or sources.folder?"),
        ("[index]\nkeep = 3", "index.keep: unknown key; did you mean storage.keep?"),
        ("[storage]\npasages = 3", "storage.pasages: unknown key; did you mean answers.passages?"),
        ("[storage]\nzzz = 3", "storage.zzz: unknown key; known: folder, keep"),
        (
            "[zzz]\n",
            "zzz: unknown key; known: access, answers, duplicates, fetch, freshness, gate, index, metrics, sources,"
            " storage, telegram, vectors",
        ),
    ],
)
def test_an_unknown_key_comes_with_a_suggestion(file: Path, text: str, problem: str) -> None:
    """A misspelt or misplaced key is told where it belongs."""
    assert problems_of(file, text) == [problem]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[storage]\nkeep = "5"', "storage.keep: should be a valid integer (got '5')"),
        ("[storage]\nkeep = true", "storage.keep: should be a valid integer (got True)"),
        ("[storage]\nkeep = 2.0", "storage.keep: should be a valid integer (got 2.0)"),
        ("[storage]\nfolder = 3", "storage.folder: should be a folder, in quotes"),
        ('storage = "a"', "storage: should be a section with keys (got 'a')"),
        ("[index]\nencoder = 3", "index.encoder: should be a valid string (got 3)"),
        ("[answers]\nthreshold = nan", "answers.threshold: should be a finite number (got nan)"),
        ("[telegram.workers]\nsecret = 1", "telegram.workers: should be a valid integer (got a section)"),
    ],
)
def test_a_wrong_type_is_an_error(file: Path, text: str, problem: str) -> None:
    """Nothing is converted in silence: neither a number in quotes nor a truth value into a number."""
    assert problems_of(file, text) == [problem]


def test_a_whole_number_is_a_number(file: Path) -> None:
    """Where a fraction may stand, a whole number may."""
    assert loaded(file, "[answers]\nthreshold = 1").answers.threshold == 1.0


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (
            '[[sources]]\nkind = "feeds"\nurl = "x"',
            [
                "sources.0.kind (in [[sources]] number 1): 'feeds' is not known; "
                "known: files, feed, sitemap, urls; did you mean feed?"
            ],
        ),
        (
            '[[sources]]\nfolder = "x"',
            ["sources.0.kind (in [[sources]] number 1): missing; known: files, feed, sitemap, urls"],
        ),
        ('[[sources]]\nkind = "files"', ["sources.0.folder (in [[sources]] number 1): missing"]),
        (
            '[sources]\nkind = "files"\nfolder = "x"',
            ["sources: there may be several: write it in double brackets, [[sources]]"],
        ),
        ('sources = ["x"]', ["sources.0 (in [[sources]] number 1): should be a section with keys (got 'x')"]),
        ('sources = "x"', ["sources: should be a list, in square brackets (got 'x')"]),
        (
            '[[sources]]\nkind = "files"\nfolder = "x"\npatterns = "*.txt"',
            ["sources.0.patterns (in [[sources]] number 1): should be a list, in square brackets (got '*.txt')"],
        ),
        (
            '[[sources]]\nkind = "files"\nfolder = "x"\n[[sources]]\nkind = "files"\nfolder = "y"\npatterns = [1]',
            ["sources.1.patterns.0 (in [[sources]] number 2): should be a valid string (got 1)"],
        ),
    ],
)
def test_a_wrong_source_is_told_as_people_count(file: Path, text: str, problems: list[str]) -> None:
    """A source of unknown kind is told the kinds, once; a number says which table of the file is meant."""
    assert problems_of(file, text) == problems


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ('kind = "feed"', "url@: missing"),
        ('kind = "sitemap"', "url@: missing"),
        ('kind = "urls"', "file@: missing"),
        ('kind = "feed"\nurl = "ftp://x.org/f"', "url@: should be an address that begins with https:// or http://"),
        ('kind = "sitemap"\nurl = "x.org/s.xml"', "url@: should be an address that begins with https:// or http://"),
        ('kind = "feed"\nurl = "https://[x"', "url@: should be an address that begins with https:// or http://"),
        ('kind = "feed"\nurl = 3', "url@: should be a valid string (got 3)"),
        ('kind = "feed"\nurl = "https://x.org"\ntxet = "page"', "txet@: unknown key; did you mean text?"),
        ('kind = "sitemap"\nurl = "https://x.org"\nexclud = []', "exclud@: unknown key; did you mean exclude?"),
        ('kind = "urls"\nfile = "x"\nurl = "https://x.org"', "url@: unknown key; did you mean sources.url?"),
        (
            'kind = "feed"\nurl = "https://x.org"\ntext = "pages"',
            "text@: 'pages' is not known; known: auto, entry, page; did you mean page?",
        ),
        (
            'kind = "feed"\nurl = "https://x.org"\npages_a_run = 0',
            "pages_a_run@: should be greater than or equal to 1 (got 0)",
        ),
        ('kind = "urls"\nfile = 3', "file@: should be a folder, in quotes"),
        (
            'kind = "sitemap"\nurl = "https://x.org"\ninclude = "*"',
            "include@: should be a list, in square brackets (got '*')",
        ),
        ("kind = 3", "kind@: 3 is not known; known: files, feed, sitemap, urls"),
        ('kind = ["feed"]', "kind@: a list is not known; known: files, feed, sitemap, urls"),
    ],
)
def test_a_source_is_told_what_its_kind_needs(file: Path, table: str, problem: str) -> None:
    """Each kind has keys of its own; the path of a key is as the file has it, without the kind."""
    expected = f"sources.0.{problem}".replace("@", " (in [[sources]] number 1)")
    assert problems_of(file, f"[[sources]]\n{table}\n") == [expected]


def test_what_may_be_secret_is_not_repeated(file: Path) -> None:
    """A token that was written into the file by mistake does not go on into the logs."""
    for text in ('[telegram]\ntoken = "123:abc"', '[[telegram]]\ntoken = "123:abc"', '[x]\ntoken = "123:abc"'):
        assert "123:abc" not in str(problems_of(file, text))
    assert "123:abc" not in message_of(None, "telegram.token=123:abc")
    assert "123:abc" not in message_of(None, "telegram.about=1", "telegram.about.token=123:abc")


def test_a_token_in_the_file_is_told_where_it_goes(file: Path) -> None:
    """Everybody looks for the token's setting; there is none."""
    (problem,) = problems_of(file, '[telegram]\ntoken = "123:abc"')
    assert "TELEGRAM_BOT_TOKEN" in problem


def test_a_long_value_is_cut(file: Path) -> None:
    """A message stays readable."""
    (problem,) = problems_of(file, f'[telegram]\nabout = "{"long " * 500}"')
    assert len(problem) < 150


def test_the_bots_sections_are_the_bots_to_check(file: Path) -> None:
    """``verbatim-index`` builds although a section that it does not read is wrong."""
    file.write_text('[telegram]\nworkers = "two"\n[index]\npassage_words = 80\n')
    assert load_settings(Settings, file).index.passage_words == 80


def test_folders_in_the_file_count_from_the_file(file: Path, here: Path) -> None:
    """Cron starts in another folder than people do; the file means the same in both."""
    settings = loaded(file, '[storage]\nfolder = "../data"\n[[sources]]\nkind = "files"\nfolder = "articles"\n')
    assert settings.storage.folder.resolve() == file.parent.parent / "data"
    assert folders(settings) == [file.parent / "articles"]
    assert here != file.parent


@pytest.mark.parametrize("text", ["", "[storage]\nkeep = 3\n"])
def test_the_default_folder_counts_from_the_file_too(file: Path, here: Path, text: str) -> None:
    """Without ``storage.folder``, the storage lies beside the file, wherever the command is started."""
    assert loaded(file, text).storage.folder == file.parent / ".verbatim"


def test_without_a_file_folders_count_from_the_working_folder(here: Path) -> None:
    """There is nothing else that they could count from."""
    assert load_settings(Settings, None).storage.folder == here / ".verbatim"


def test_an_absolute_folder_and_a_home_are_kept(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``~`` is the home folder in the file as in a shell."""
    monkeypatch.setenv("HOME", "/home/ada")
    text = '[storage]\nfolder = "/srv/verbatim"\n[[sources]]\nkind = "files"\nfolder = "~/articles"\n'
    settings = loaded(file, text)
    assert settings.storage.folder == Path("/srv/verbatim")
    assert folders(settings)[0] == Path("/home/ada/articles")
    assert loaded(file, "", "storage.folder=~/v").storage.folder == Path("/home/ada/v")


@pytest.mark.parametrize("folder", ["", "a\\u0000b", "~nobody-of-that-name/x"])
def test_a_folder_that_cannot_be_one_is_reported(file: Path, folder: str) -> None:
    """An empty folder would be the settings file's own, by mistake; an unknown home a folder called "~…"."""
    (problem,) = problems_of(file, f'[storage]\nfolder = "{folder}"\n')
    assert problem.startswith("storage.folder: ")


def test_overrides_count_from_the_working_folder(file: Path, here: Path) -> None:
    """On the command line a folder is meant as the shell means it, also inside a table."""
    settings = loaded(
        file,
        '[storage]\nfolder = "a"\n',
        "storage.folder=b/c",
        'sources=[{kind="files", folder="d"}, {kind="files", folder="/e"}]',
    )
    assert settings.storage.folder == here / "b" / "c"
    assert folders(settings) == [here / "d", Path("/e")]


@pytest.mark.parametrize(
    ("override", "section", "key", "value"),
    [
        ("index.passage_words=80", "index", "passage_words", 80),
        (" index . passage_words = 80 ", "index", "passage_words", 80),
        ("answers.threshold=0.5", "answers", "threshold", 0.5),
        ("answers.threshold=1", "answers", "threshold", 1.0),
        ("index.encoder=org/model#2", "index", "encoder", "org/model#2"),
        ('index.encoder="org/model"', "index", "encoder", "org/model"),
        ("index.encoder=true", "index", "encoder", "true"),
        ("telegram.about=Ask Ada, she knows", "telegram", "about", "Ask Ada, she knows"),
        ("telegram.about=1984", "telegram", "about", "1984"),
        ("telegram.about=2026-11-22", "telegram", "about", "2026-11-22"),
        ("telegram.about=", "telegram", "about", ""),
        ("telegram.about=a=b", "telegram", "about", "a=b"),
        ("telegram.about=" + "[" * 1_900, "telegram", "about", "[" * 1_900),
        ("telegram.about=" + "9" * 1_900 + "9" * 90, "telegram", "about", "9" * 1_990),
        ("answers={quotes=1}", "answers", "quotes", 1),
    ],
)
def test_an_override_is_read_as_what_the_key_wants(
    file: Path, override: str, section: str, key: str, value: object
) -> None:
    """Texts need no quotes, not even those that look like numbers; everything else is written as in the file."""
    assert getattr(getattr(loaded(file, "", override), section), key) == value


def test_a_folder_may_look_like_a_number(file: Path, here: Path) -> None:
    """``--set storage.folder=2024`` is a folder."""
    assert loaded(file, "", "storage.folder=2024").storage.folder == here / "2024"


def test_a_list_is_set_as_a_whole(file: Path) -> None:
    """Patterns of a source come as a TOML list."""
    settings = loaded(file, "", 'sources=[{kind="files", folder="a", patterns=["*.md", "*.txt"]}]')
    assert isinstance(settings.sources[0], FilesSource)
    assert settings.sources[0].patterns == ("*.md", "*.txt")


def test_the_last_override_counts(file: Path) -> None:
    """Later options correct earlier ones, and all of them the file."""
    text = "[index]\npassage_words = 60\nshared_sentences = 4\n"
    index = loaded(file, text, "index.passage_words=70", "index.passage_words=80").index
    assert (index.passage_words, index.shared_sentences) == (80, 4)


@pytest.mark.parametrize("override", ["index.passage_words", "=3", ".keep=3", "storage.=3", "a..b=3", ""])
def test_a_malformed_override_is_shown_its_form(file: Path, override: str) -> None:
    """Who forgets the value or the section sees how it is written."""
    assert "section.key=value" in message_of(None, override)


@pytest.mark.parametrize(
    ("text", "override", "expected"),
    [
        ('storage = "a"\n', "storage.keep=3", "--set storage.keep: storage is 'a', not a section"),
        (
            '[[sources]]\nkind = "files"\nfolder = "a"\n',
            "sources.folder=b",
            "--set sources.folder: sources is a list, not a section; set all of it: --set 'sources=[{…}]'",
        ),
        (
            "[index]\npassage_words = 30\n",
            "index.passage_words.x=3",
            "--set index.passage_words.x: index.passage_words is 30",
        ),
    ],
)
def test_an_override_below_a_value_is_an_error(file: Path, text: str, override: str, expected: str) -> None:
    """A key under something that is no section is told what stands there."""
    file.write_text(text)
    assert message_of(file, override).startswith(expected)


def test_a_bad_override_is_named(file: Path) -> None:
    """The file is right, so the message has to say that the option is not."""
    file.write_text("")
    message = message_of(file, "index.passage_words=eighty")
    assert "--set index.passage_words" in message.splitlines()[0]
    assert "index.passage_words: should be a valid integer (got 'eighty')" in message


ANYTHING = st.text(st.characters(exclude_categories=()), max_size=30)


def refusal(file: Path | None, *overrides: str) -> str | None:
    """Why settings are refused; ``None`` where they are not."""
    try:
        load_settings(BotSettings, file, overrides)
    except SettingsError as error:
        return str(error)
    return None


@given(ANYTHING, ANYTHING)
@example("\ud800", "")
@example("storage", "{\ud800=1}")
def test_any_override_is_read_or_refused(path: str, value: str) -> None:
    """No text of a command line ends in anything but settings or a settings error."""
    for override in (f"{path}={value}", f"telegram.{path}={value}", f"storage.folder={value}", f"sources={value}"):
        assert refusal(None, override) != ""


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    """A file of anything ends in settings or a settings error that names it."""
    file = tmp_path_factory.getbasetemp() / "any.toml"
    file.write_bytes(content)
    assert str(file) in (refusal(file) or str(file))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"[a\n", "line 1"),
        (b"[storage]\nfolder = articles\n", "texts stand in quotes"),
        ("[storage]\n".encode("utf-16"), "save it as UTF-8"),
        (b'[telegram]\nabout = "caf\xe9"\n', "save it as UTF-8"),
        (b"[storage]\nkeep = 1\nkeep = 2\n", "line 3"),
        (b"a = " + b"[" * 5_000, "recursion"),
        (b"a = " + b"9" * 5_000, "limit"),
        (b"a" + b".a" * 60 + b" = 1", "more than 50 parts"),
    ],
)
def test_what_is_not_toml_is_told_why(file: Path, content: bytes, expected: str) -> None:
    """The message names the file and the line, or the way to save it."""
    file.write_bytes(content)
    message = message_of(file)
    assert str(file) in message
    assert expected in message


def test_a_byte_order_mark_and_windows_line_ends_are_no_error(file: Path) -> None:
    """Editors on Windows write both."""
    file.write_bytes(b"\xef\xbb\xbf[index]\r\npassage_words = 80\r\n")
    assert load_settings(Settings, file).index.passage_words == 80


def test_a_file_that_cannot_be_read_is_told_why(file: Path) -> None:
    """A folder, or a file of somebody else, is a settings error and no traceback."""
    file.mkdir()
    assert message_of(file) == f"{file} cannot be read: Is a directory"


class TestFinding:
    """Which file is read."""

    def test_a_named_file_comes_first(self, file: Path) -> None:
        """``--config`` counts more than the environment."""
        file.touch()
        assert find_settings(file, {"VERBATIM_CONFIG": "/other.toml"}) == file

    def test_then_the_environment(self, file: Path, here: Path) -> None:
        """``VERBATIM_CONFIG`` counts more than what lies in the working folder."""
        file.touch()
        (here / "verbatim.toml").touch()
        assert find_settings(None, {"VERBATIM_CONFIG": str(file)}) == file

    def test_then_the_places(self, here: Path) -> None:
        """``verbatim.toml``, else ``config/verbatim.toml``, else none; an empty variable names nothing."""
        assert find_settings(None, {"VERBATIM_CONFIG": ""}) is None
        (here / "config").mkdir()
        (here / "config" / "verbatim.toml").touch()
        assert find_settings(None, {}) == Path("config/verbatim.toml")
        (here / "verbatim.toml").touch()
        assert find_settings(None, {}) == Path("verbatim.toml")

    def test_a_named_file_has_to_be_there(self, here: Path) -> None:
        """A misspelt name is an error, not the defaults; it says where it was looked for."""
        for path, environment in ((Path("no.toml"), {}), (None, {"VERBATIM_CONFIG": "no.toml"})):
            with pytest.raises(SettingsError, match="there is no settings file") as caught:
                find_settings(path, environment)
            assert str(here / "no.toml") in str(caught.value)

    def test_a_folder_is_no_file(self, here: Path) -> None:
        """Who names the folder is told to name the file."""
        with pytest.raises(SettingsError, match="is a folder: name the settings file in it"):
            find_settings(here, {})

    def test_home_is_expanded(self, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A shell leaves ``--config=~/x`` as it is, and systemd its ``Environment=``."""
        monkeypatch.setenv("HOME", str(here))
        (here / "my.toml").touch()
        assert find_settings(Path("~/my.toml"), {}) == here / "my.toml"
        with pytest.raises(SettingsError, match="home folder"):
            find_settings(Path("~nobody-of-that-name/my.toml"), {})

    def test_a_pipe_may_be_named(self, here: Path) -> None:
        """``--config <(…)`` is no ordinary file, and can be read."""
        assert find_settings(Path("/dev/null"), {}) == Path("/dev/null")
        assert load_settings(Settings, Path("/dev/null")).sources == ()
