"""The two clients of python-socketio behind one face, so that the scenario is written once."""

import asyncio
from collections import defaultdict, deque
from functools import partial
from operator import attrgetter

import socketio

PATIENCE = 20
OPTIONS = {"reconnection_delay": 0.1, "reconnection_delay_max": 0.2, "randomization_factor": 0, "handle_sigint": False}


class Player:
    """A client, what it heard, and what it answers when it is asked."""

    def __init__(self, client):
        self.client = client
        self.answers = {}
        # a client that the server has disconnected sees to its end by itself, and takes its time
        self.dismissed = False
        self._heard = defaultdict(deque)
        self._more = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        for event in ("connect", "connect_error", "disconnect"):
            client.on(event, partial(self._hear, event), namespace="*")
        client.on("*", self._hear, namespace="*")

    async def connect(self, url, transports, **options):
        options = {"namespaces": ["/"], "wait_timeout": PATIENCE, **options}
        await self._do("connect", url, transports=transports, **options)

    async def emit(self, event, *args, **options):
        await self._do("emit", event, args, **options)

    async def ask(self, event, *args, **options):
        """What the server acknowledges: nothing, one value, or a tuple of several."""
        return await self._do("call", event, args, timeout=PATIENCE, **options)

    async def disconnect(self):
        # told to end while it posts, the client forgets what is queued, its goodbye too
        await self._do("eio.queue.join")
        await self._do("disconnect")

    async def leave(self):
        if self.dismissed:
            return
        if not self.client.connected:
            # ends the attempts to reconnect, though not one that succeeds meanwhile
            await self._do("shutdown")
        if self.client.connected:
            await self.disconnect()

    async def next(self, event, namespace="/"):
        """The arguments of the next event of that name."""
        heard = self._heard[namespace, event]
        try:
            async with asyncio.timeout(PATIENCE):
                while not heard:
                    self._more.clear()
                    await self._more.wait()
        except TimeoutError:
            raise AssertionError(f"no {event} in {namespace} in time") from None
        return heard.popleft()

    def silent(self, event, namespace="/"):
        """Whether all of that name that has come was taken."""
        return not self._heard[namespace, event]

    def _hear(self, event, namespace, *args):
        # the sync client calls this in a thread
        self._heard[namespace, event].append(args)
        self.dismissed |= args == ("server disconnect",)
        self._loop.call_soon_threadsafe(self._more.set)
        answer = self.answers.get(event)
        return answer(*args) if answer else None


class SyncPlayer(Player):
    def __init__(self, *, comes_back=False):
        super().__init__(socketio.Client(reconnection=comes_back, **OPTIONS))

    async def _do(self, method, *args, **options):
        return await asyncio.to_thread(attrgetter(method)(self.client), *args, **options)


class AsyncPlayer(Player):
    def __init__(self, *, comes_back=False):
        super().__init__(socketio.AsyncClient(reconnection=comes_back, **OPTIONS))

    async def _do(self, method, *args, **options):
        return await attrgetter(method)(self.client)(*args, **options)
