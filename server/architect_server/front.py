"""What the editor talks to from the first moment: answers at once, and loads the rest behind it.

The protocol's typed objects take longer to import than everything else together. Meanwhile the
client's greeting is answered and texts are analysed, since both need none of them; what does
need them waits in the order it came. Once the full server stands it is handed all of that, and
takes every further message.
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import subprocess
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from architect_server.clients import greet
from architect_server.desk import Desk
from architect_server.greeting import FirstWords, answer
from architect_server.message_frames import framed
from architect_server.protocol_types import load_types
from architect_server.texts import plain_handlers
from architect_server.transport import read_frames
from architect_server.wire import TAKEN

if TYPE_CHECKING:
    from architect_server.server import ArchitectServer

logger = logging.getLogger(__name__)

#: How long (seconds) the full server waits for a first text to be opened, and to be shown.
_PATIENCE, _FIRST_TEXT = 0.5, 5.0

#: How long (seconds) a thread may keep the interpreter from the loop, which shall wait neither for
#: an import nor for an architect's search. Python's own 5 ms would be felt.
_SWITCH = 0.001

#: How many objects more than were freed are made between two collections of garbage.
_COLLECT_AFTER = 2_000


class Front:
    """One connection on stdio, with its desk and, later, its server."""

    def __init__(self, first: FirstWords, child: subprocess.Popen[bytes]) -> None:
        """``child`` is an analysis process that was started ahead."""
        self.desk = Desk(self._send, child)
        self._received = first.received
        self._stdout = sys.stdout.buffer
        self._plain = plain_handlers(self.desk)
        self._server: ArchitectServer | None = None
        self._answered = first.answered
        self._waiting: list[bytes] = []
        self._opened = asyncio.Event()

    async def serve(self) -> None:
        """Handle messages until they end.

        Raises:
            SystemExit: the client said so; 1 if it had not asked for a shutdown before.
        """
        # What came before the end is answered, even if it ended before there was a server.
        reading = read_frames(sys.stdin.fileno(), self._take, self._received)
        await asyncio.gather(self._load(), reading)

    def _take(self, body: bytes) -> None:
        if self._server is not None:
            self._server.protocol.take(body)
            return
        try:
            taken = self._taken(json.loads(body))
        except Exception:
            logger.exception("A message is left to the full server")
            taken = False
        if not taken:
            self._waiting.append(body)

    def _taken(self, message: dict[str, Any]) -> bool:
        """Whether nothing of the full server is needed for this message."""
        method, params = message.get("method"), message.get("params")
        if method == "initialize" and not self.desk.greeted:
            self._greet(message)
            return False  # the full server shall know of it too
        handler = self._plain.get(method or "")
        if handler is None or not self.desk.greeted:
            return False
        try:
            result = handler(params)
        except Exception:
            # It was understood: another try might do it twice.
            logger.exception("Unable to handle %s", method)
            result = TAKEN if message.get("id") is None else None
        if self.desk.session.documents:
            self._opened.set()
        if result is not None and result is not TAKEN:
            self.desk.answer(message["id"], str(result))
        return result is not None

    def _greet(self, message: dict[str, Any]) -> None:
        """Learn of the client, and answer it unless that was done."""
        said = answer(message["params"])
        greet(self.desk, message["params"])
        if self._answered is None:
            self.desk.answer(message["id"], said)
            self._answered = message["id"]

    async def _load(self) -> None:
        """Load the full server behind what goes on, and hand over to it.

        Two processes that start at once share the machine: the first text goes first.
        """
        with suppress(TimeoutError):
            await asyncio.wait_for(self._opened.wait(), _PATIENCE)
        with suppress(TimeoutError):
            async with asyncio.timeout(_FIRST_TEXT):
                for uri in list(self.desk.session.documents):
                    await self.desk.schedule.settled(uri)
        loaded: asyncio.Future[ArchitectServer] = asyncio.get_running_loop().create_future()
        threading.Thread(target=self._load_into, args=(loaded,), name="load", daemon=True).start()
        self._hand_over_to(await loaded)

    def _load_into(self, loaded: asyncio.Future[ArchitectServer]) -> None:
        """On a thread: import what takes long."""
        loop = loaded.get_loop()
        try:
            load_types()
            from architect_server.app import create_server

            server = create_server(self.desk)
        except BaseException as error:
            loop.call_soon_threadsafe(loaded.set_exception, error)
        else:
            loop.call_soon_threadsafe(loaded.set_result, server)

    def _hand_over_to(self, server: ArchitectServer) -> None:
        self._server = server
        server.protocol.set_writer(self)
        server.protocol.answered = self._answered
        waiting, self._waiting = self._waiting, []
        for body in waiting:
            server.protocol.take(body)
        # What was loaded stays: no collection of garbage need look at it again.
        gc.freeze()
        # A keystroke makes some thousand small objects. Of these only lizard's refer to themselves,
        # but they hold a whole piece's tokens.
        gc.set_threshold(_COLLECT_AFTER)

    # --- the writer of pygls ---------------------------------------------------------------

    def write(self, data: bytes) -> None:
        """Send what is framed already."""
        self._stdout.write(data)
        self._stdout.flush()

    def close(self) -> None:
        """Nothing more is sent."""
        self._stdout.close()

    def _send(self, body: str) -> None:
        self.write(framed(body))


def serve_stdio(first: FirstWords, child: subprocess.Popen[bytes]) -> None:
    """Serve on stdio until it ends or the client says so.

    ``first`` was read already; ``child`` is an analysis process that was started ahead.

    Raises:
        SystemExit: the client said so; 1 if it had not asked for a shutdown before.
    """
    sys.setswitchinterval(_SWITCH)
    front = Front(first, child)
    try:
        asyncio.run(front.serve())
    except BrokenPipeError:
        logger.error("The client has gone.")
    finally:
        front.desk.worker.close()
