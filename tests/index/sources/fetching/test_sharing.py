"""Many requests: polite to each site, and none waits for another's."""

import socket
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest
from raw_server import Connection, RawServer, reply

from index.errors import AddressRefused, FetchError, OutOfTime, Unreachable
from index.sources.fetching import Fetcher, Request, Response

Make = Callable[..., Fetcher]

HOSTS = ("one.example", "two.example", "three.example")


def at_loopback(host: str, port: int) -> list[str]:
    """Every name leads to the test's server."""
    return ["127.0.0.1"]


def slowly(seconds: float, body: str = "slow") -> Callable[[Connection], None]:
    """An answer that takes its time."""

    def answer(connection: Connection) -> None:
        connection.closing.wait(seconds)
        connection.send(reply(body, connection="close"))  # as the server then does

    return answer


def test_every_request_has_its_outcome(server: RawServer, fetcher: Fetcher) -> None:
    """Also those that fail, and those that are asked twice."""
    server.replies.update({"/a": reply("a"), "/b": reply("b"), "/no": reply(status=403)})
    urls = [server.url(path) for path in ("/a", "/b", "/a", "/no", "/gone")] + ["file:///etc/passwd"]
    outcomes = list(fetcher.fetch_all(map(Request, urls)))
    assert sorted(request.url for request, _ in outcomes) == sorted(urls)
    said = {request.url: outcome for request, outcome in outcomes}
    bodies = {url: outcome.body for url, outcome in said.items() if isinstance(outcome, Response)}
    assert bodies == {server.url("/a"): b"a", server.url("/b"): b"b", server.url("/gone"): b""}
    assert isinstance(said[server.url("/no")], Unreachable)
    assert isinstance(said["file:///etc/passwd"], AddressRefused)


def test_nothing_asked_is_nothing_answered(fetcher: Fetcher) -> None:
    """A run without news."""
    assert list(fetcher.fetch_all([])) == []


@pytest.mark.parametrize("at_once", [1, 3])
def test_a_site_is_asked_few_things_at_a_time(server: RawServer, made: Make, at_once: int) -> None:
    """requests_per_host, counted by the server."""
    server.replies.update({f"/{n}": slowly(0.05) for n in range(9)})
    outcomes = list(made(requests_per_host=at_once).fetch_all(Request(server.url(f"/{n}")) for n in range(9)))
    assert len(outcomes) == 9
    assert server.most_at_once == at_once


def test_a_site_is_left_time_between_requests(server: RawServer, made: Make) -> None:
    """delay_seconds, counted by the server; robots.txt is a request, too."""
    server.replies["/page"] = reply()
    fetcher = made(delay_seconds=0.15, requests_per_host=4)
    for _ in fetcher.fetch_all([Request(server.url())] * 4):
        pass
    times = [one.at for one in server.seen]
    assert len(times) == 5
    assert all(later - sooner > 0.12 for sooner, later in pairwise(times))


def test_a_slow_site_keeps_nobody_waiting(server: RawServer, made: Make) -> None:
    """The pages of others come while it thinks."""
    server.replies.update({"/slow": slowly(0.8), "/page": reply()})
    requests = [Request(server.url("/slow", "one.example"))] * 4
    requests += [Request(server.url("/page", host)) for host in HOSTS[1:] for _ in range(10)]
    outcomes = list(made(allow_hosts=HOSTS, resolve=at_loopback, timeout_seconds=10.0).fetch_all(requests))
    assert all(isinstance(outcome, Response) for _, outcome in outcomes)
    assert ["one.example" in request.url for request, _ in outcomes[-2:]] == [True, True]


def test_sites_are_asked_at_the_same_time(server: RawServer, made: Make) -> None:
    """Twenty sites that think for a while take about as long as one."""
    hosts = tuple(f"site{n}.example" for n in range(20))
    server.replies["/page"] = slowly(0.3)
    started = time.perf_counter()
    requests = [Request(server.url(host=host)) for host in hosts]
    assert len(list(made(allow_hosts=hosts, resolve=at_loopback).fetch_all(requests))) == 20
    assert time.perf_counter() - started < 3


def test_a_dead_site_is_left_after_three_failures(server: RawServer, made: Make) -> None:
    """The rest of its pages fail at once, and say why."""
    hung_up: list[float] = []

    def hang_up(connection: Connection) -> None:
        hung_up.append(time.monotonic())
        connection.socket.shutdown(socket.SHUT_RDWR)

    server.replies["/page"] = hang_up
    outcomes = list(made(requests_per_host=1).fetch_all([Request(server.url())] * 20))
    assert len(hung_up) == 3
    reasons = [str(outcome) for _, outcome in outcomes if isinstance(outcome, Unreachable)]
    assert len(reasons) == 20
    assert sum("three times in a row" in reason and "left until the next run" in reason for reason in reasons) == 17


def test_failures_between_answers_do_not_count(server: RawServer, made: Make) -> None:
    """In a row means without an answer in between."""
    server.replies["/page"] = [reply(status=500), reply(status=500), reply("bees")] * 3
    outcomes = [outcome for _, outcome in made(requests_per_host=1).fetch_all([Request(server.url())] * 9)]
    assert [isinstance(outcome, Response) for outcome in outcomes] == [False, False, True] * 3


def test_what_is_forbidden_is_no_failure_of_the_site(server: RawServer, made: Make) -> None:
    """Five pages behind a log-in do not close the others."""
    server.replies.update({"/in": reply(status=403), "/page": reply("bees")})
    requests = [Request(server.url("/in"))] * 5 + [Request(server.url())]
    outcomes = [outcome for _, outcome in made(requests_per_host=1).fetch_all(requests)]
    assert isinstance(outcomes[-1], Response)


# --- again, after a while ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_passing_failure_is_tried_again(server: RawServer, made: Make, status: int) -> None:
    """A moment later the server is well."""
    server.replies["/page"] = [reply(status=status), reply("bees")]
    assert made(retries=1).fetch(Request(server.url())).body == b"bees"
    assert server.paths() == ["/page"] * 2


def test_tries_are_counted(server: RawServer, made: Make) -> None:
    """retries of them after the first."""
    server.replies["/page"] = reply(status=503)
    with pytest.raises(Unreachable, match="it answered 503"):
        made(retries=2).fetch(Request(server.url()))
    assert server.paths() == ["/page"] * 3
    first, second, third = (one.at for one in server.seen[1:])
    assert second - first > 0.2
    assert third - second > 0.4


@pytest.mark.parametrize("status", [400, 403, 500])
def test_other_failures_are_not(server: RawServer, made: Make, status: int) -> None:
    """They would be the same."""
    server.replies["/page"] = reply(status=status)
    with pytest.raises(Unreachable):
        made(retries=3).fetch(Request(server.url()))
    assert server.paths() == ["/page"]


def test_a_short_wait_is_kept(server: RawServer, made: Make) -> None:
    """Retry-After in seconds."""
    server.replies["/page"] = [reply(status=429, retry_after="1"), reply("bees")]
    assert made(retries=1).fetch(Request(server.url())).body == b"bees"
    first, second = (one.at for one in server.seen[1:])
    assert 1 <= second - first < 3


@pytest.mark.parametrize(
    "wait",
    ["3600", format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True), "9" * 30],
    ids=["seconds", "moment", "for ever"],
)
def test_a_long_wait_ends_the_run_for_the_site(server: RawServer, made: Make, wait: str) -> None:
    """Who says to come back in an hour is left in peace until then, and the report says so."""
    server.replies.update({"/page": reply(status=429, retry_after=wait), "/other": reply("bees")})
    fetcher = made(retries=3)
    for path in ("/page", "/other"):
        with pytest.raises(Unreachable, match=r"asks to be left alone until (\d{4}-|further)"):
            fetcher.fetch(Request(server.url(path)))
    assert server.paths() == ["/page"]


# --- the end -----------------------------------------------------------------------------------------------------


def test_at_the_deadline_the_rest_is_out_of_time(server: RawServer, made: Make) -> None:
    """Each request has an outcome, soon after."""
    server.replies["/page"] = slowly(0.5)
    started = time.monotonic()
    fetcher = made(deadline=started + 1.5, requests_per_host=1, timeout_seconds=10.0)
    outcomes = [outcome for _, outcome in fetcher.fetch_all([Request(server.url())] * 20)]
    assert time.monotonic() - started < 5
    assert len(outcomes) == 20
    assert {type(outcome) for outcome in outcomes} == {Response, OutOfTime}
    assert len(server.paths()) <= 3


def test_a_deadline_that_is_over_asks_nobody(server: RawServer, made: Make) -> None:
    """Not even for robots.txt."""
    fetcher = made(deadline=time.monotonic() - 1)
    with pytest.raises(OutOfTime):
        fetcher.fetch(Request(server.url()))
    assert [type(outcome) for _, outcome in fetcher.fetch_all([Request(server.url())])] == [OutOfTime]
    assert server.connections == 0


def test_whose_turn_comes_after_the_deadline_is_told_at_it(server: RawServer, made: Make) -> None:
    """The run does not wait for a delay that it will not see the end of."""
    server.replies["/page"] = reply()
    started = time.monotonic()
    fetcher = made(deadline=started + 0.5, delay_seconds=20.0)
    outcomes = [outcome for _, outcome in fetcher.fetch_all([Request(server.url())] * 5)]
    assert [type(outcome) for outcome in outcomes] == [OutOfTime] * 5
    assert time.monotonic() - started < 5


def test_waits_end_at_the_deadline(server: RawServer, made: Make) -> None:
    """A server's wish to wait does not outlast the run."""
    server.replies["/page"] = reply(status=503, retry_after="30")
    started = time.monotonic()
    with pytest.raises(OutOfTime):
        made(deadline=started + 0.4, retries=3).fetch(Request(server.url()))
    assert time.monotonic() - started < 5


def test_closing_early_ends_what_is_under_way(server: RawServer, made: Make) -> None:
    """Ctrl-C does not wait for the slowest server, whatever it is waited for."""
    hosts = (*HOSTS, "dark.example")
    done = threading.Event()

    def resolve(host: str, port: int) -> list[str]:
        if host == "dark.example":
            done.wait(10)
        return ["127.0.0.1"]

    server.replies.update({"/page": reply("bees"), "/slow": slowly(10), "/busy": reply(status=503, retry_after="50")})
    fetcher = made(allow_hosts=hosts, resolve=resolve, timeout_seconds=30.0, retries=2)
    requests = [
        Request(server.url("/slow", "one.example")),
        Request(server.url("/slow", "one.example")),
        Request(server.url("/busy", "two.example")),
        Request(server.url("/page", "dark.example")),
        *[Request(server.url("/page", "three.example"))] * 50,
    ]
    outcomes = fetcher.fetch_all(requests)
    next(outcomes)
    time.sleep(0.3)
    started = time.perf_counter()
    outcomes.close()
    assert time.perf_counter() - started < 3
    done.set()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("fetch_")]


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_leaving_the_client_ends_what_is_under_way(server: RawServer, made: Make, error: type[BaseException]) -> None:
    """Also where somebody still holds the iterator: a traceback does."""
    server.replies.update({"/page": reply("bees"), "/slow": slowly(10)})
    requests = [Request(server.url("/slow", "one.example")), Request(server.url("/page", "two.example"))]
    started = time.perf_counter()

    def interrupted() -> None:
        with made(allow_hosts=HOSTS, resolve=at_loopback, timeout_seconds=30.0) as fetcher:
            for _ in fetcher.fetch_all(requests):
                raise error

    with pytest.raises(error):
        interrupted()
    assert time.perf_counter() - started < 5


def test_what_is_no_error_of_a_page_is_not_hidden(server: RawServer, made: Make) -> None:
    """A mistake in a program ends the program."""

    def broken(host: str, port: int) -> list[str]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(made(resolve=broken).fetch_all([Request(server.url())]))


def test_threads_may_share_a_client(server: RawServer, made: Make) -> None:
    """Two rounds at a time are as polite as one."""
    server.replies["/page"] = slowly(0.05)
    fetcher = made(requests_per_host=2, timeout_seconds=10.0)
    found: list[Response | FetchError] = []
    rounds = [
        threading.Thread(target=lambda: found.extend(o for _, o in fetcher.fetch_all([Request(server.url())] * 5)))
        for _ in range(3)
    ]
    for thread in rounds:
        thread.start()
    for thread in rounds:
        thread.join()
    assert [type(outcome) for outcome in found] == [Response] * 15
    assert server.most_at_once == 2
