"""Starts the server that is played with: ours, or with SUBJECT=oracle npm `socket.io`, which shows what is the client's doing."""

import asyncio
import os
import re
from pathlib import Path

CONFORMANCE = Path(__file__).resolve().parents[2]
OURS = [os.environ.get("DIFFERENTIAL_BIN", str(CONFORMANCE.parent / "target/debug/differential"))]
ORACLE = ["node", str(CONFORMANCE / "differential/oracle.mjs")]


class Server:
    """A server of its own on a free port; `knobs` are those of the conformance servers."""

    @classmethod
    async def start(cls, **knobs):
        command = ORACLE if os.environ.get("SUBJECT") == "oracle" else OURS
        env = {**os.environ, **knobs, "PORT": "0", "HOST": "127.0.0.1"}
        process = await asyncio.create_subprocess_exec(*command, env=env, stdout=asyncio.subprocess.PIPE)
        async with asyncio.timeout(20):
            said = (await process.stdout.readline()).decode()
        return cls(process, re.search(r"http:\S+", said).group())

    def __init__(self, process, url):
        self._process = process
        self.url = url

    async def stop(self):
        self._process.terminate()
        await self._process.wait()
