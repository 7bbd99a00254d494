"""A TCP line to a server that can be cut and mended."""

import asyncio
from urllib.parse import urlsplit


class Line:
    @classmethod
    async def to(cls, url):
        line = cls(urlsplit(url).port)
        line._listener = await asyncio.start_server(line._carry, "127.0.0.1", 0)
        line.url = "http://127.0.0.1:%d" % line._listener.sockets[0].getsockname()[1]
        return line

    def __init__(self, port):
        self._port = port
        self._whole = True
        self._ends = set()

    def cut(self):
        """Both ends lose what they have, and nobody gets through."""
        self._whole = False
        for end in self._ends:
            end.transport.abort()

    def mend(self):
        self._whole = True

    def close(self):
        self._listener.close()
        self.cut()

    async def _carry(self, reader, writer):
        if not self._whole:
            writer.transport.abort()
            return
        there, onward = await asyncio.open_connection("127.0.0.1", self._port)
        self._ends |= {writer, onward}
        try:
            await asyncio.gather(_pass_on(reader, onward), _pass_on(there, writer))
        finally:
            self._ends -= {writer, onward}


async def _pass_on(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    writer.close()
