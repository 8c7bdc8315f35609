"""From an answer to what it says of the page: as before, gone, or a body that is what was asked for."""

from index.errors import Unreachable, Unsuitable
from index.sources.fetching.addresses import Address
from index.sources.fetching.answers import Answer
from index.sources.fetching.records import Request, Response
from index.sources.fetching.unpacking import unpacked

_OK, _UNCHANGED, _GONE = 200, 304, (404, 410)


def conditions(request: Request) -> dict[str, str]:
    """Return the fields that ask for the page only if it changed: https://www.rfc-editor.org/rfc/rfc9110#section-13"""
    fields = {"If-None-Match": request.etag, "If-Modified-Since": request.modified}
    return {name: value for name, value in fields.items() if value}


def response(answer: Answer, request: Request, address: Address, most: int) -> Response:
    """Return what an answer that is no redirect says, as if it were found where it was asked for.

    Raises:
        Unreachable: nothing about the page.
        Unsuitable: its body is not to be had, or no such thing as was asked for.
    """
    if answer.status == _OK:
        return _response(answer, address, _body(answer, request, address, most))
    if answer.status in _GONE or (answer.status == _UNCHANGED and conditions(request)):
        return _response(answer, address, b"")
    raise Unreachable(f"{address.url} could not be fetched: it answered {answer.status}")


def _body(answer: Answer, request: Request, address: Address, most: int) -> bytes:
    if not request.kinds.accept(answer.media_type):
        raise Unsuitable(f"{address.url} is not {request.kinds.name}: it is of the type {answer.media_type}")
    if answer.length > most:
        raise Unsuitable(f"{address.url} is not read: it has {answer.length:,} bytes, {most:,} are allowed at most")
    try:
        return unpacked(answer.chunks, answer.packings, most)
    except Unsuitable as error:
        raise Unsuitable(f"{address.url} is not read: {error}") from error


def _response(answer: Answer, address: Address, body: bytes) -> Response:
    return Response(
        url=address.url,
        moved=False,
        status=answer.status,
        body=body,
        media_type=answer.media_type,
        charset=answer.charset,
        etag=answer.first("etag"),
        modified=answer.first("last-modified"),
        robots=answer.every("x-robots-tag"),
        seconds=0.0,
    )
