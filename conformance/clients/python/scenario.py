"""The common scenario, for one client over one way to travel; `Scenario` is mixed into a test case for each of them."""

import asyncio
import itertools
from unittest import IsolatedAsyncioTestCase

from line import Line
from players import AsyncPlayer, SyncPlayer, socketio
from server import Server

TEXT = "Ä € 💩 てすと \u2028"
NESTED = {"a": ["x", 1, -2.5, None, True, {"b": TEXT}], "": []}
BYTES = {"a": b"\x00\x01\xff", "deep": [b"", {"b": bytes(range(256))}, TEXT]}
plays = itertools.count()


class Stage(IsolatedAsyncioTestCase):
    """Gives a test its server and players, and sees them off."""

    async def serve(self, **knobs):
        # unittest sets it: slow, and talkative about what the clients leave behind
        asyncio.get_running_loop().set_debug(False)
        self.server = await Server.start(**knobs)
        self.addAsyncCleanup(self.server.stop)

    def cast(self, kind, **options):
        player = kind(**options)
        self.addAsyncCleanup(player.leave)
        return player


class Scenario:
    async def asyncSetUp(self):
        await self.serve()
        self.play = f"play {next(plays)}"

    async def enter(self, *, tag=None, url=None, comes_back=False, **options):
        """A player of this kind, connected to the namespaces it asks for."""
        player = self.cast(self.kind, comes_back=comes_back)
        auth = {"play": self.play, "tag": tag, **options.pop("auth", {})}
        await player.connect(url or self.server.url, self.transports, auth=auth, **options)
        return player

    async def observer(self):
        """Somebody who sees how the server's side of other connections ends."""
        observer = self.cast(AsyncPlayer)
        await observer.connect(self.server.url, ["websocket"], auth={"play": self.play}, namespaces=["/observe"])
        return observer

    async def test_events_go_both_ways(self):
        a = await self.enter()
        self.assertEqual(a.client.transport(), self.transports[-1])
        for args in [(), (NESTED,), ("several", 2, [None], TEXT)]:
            await a.emit("echo", *args)
            self.assertEqual(await a.next("echo"), args)
        await a.emit("message", "sent")
        self.assertEqual(await a.next("message"), ("sent",))

    async def test_many_events_come_at_once_and_in_order(self):
        # over polling the client gives up when more than 16 packets come in one response, as they do from Node
        a = await self.enter()
        await a.emit("burst", 100, "x" * 50)
        self.assertEqual([(await a.next("burst"))[0] for _ in range(100)], list(range(100)))

    async def test_the_server_acknowledges(self):
        a = await self.enter()
        self.assertIsNone(await a.ask("ack-nothing"))
        self.assertEqual(await a.ask("ack", NESTED), NESTED)
        self.assertEqual(await a.ask("ack", 1, TEXT, None), (1, TEXT, None))
        answers = await asyncio.gather(*(a.ask("ack", n) for n in range(5)))
        self.assertEqual(answers, list(range(5)))

    async def test_the_server_asks_and_is_answered(self):
        a = await self.enter()
        a.answers["question"] = lambda *args: (len(args), {"asked": list(args)}, None)
        await a.emit("ask", TEXT, 2)
        self.assertEqual(await a.next("answered"), (2, {"asked": [TEXT, 2]}, None))
        a.answers["question"] = lambda n: n * 10
        await a.emit("ask-several")
        self.assertEqual(await a.next("answered"), (10, 20, 30))
        a.answers["question"] = lambda *args: None
        await a.emit("ask")
        self.assertEqual(await a.next("answered"), ())

    async def test_bytes_go_both_ways(self):
        a = await self.enter()
        for args in [(b"\x04\x00\x1e\xff",), (BYTES, "text", b"")]:
            await a.emit("echo", *args)
            self.assertEqual(await a.next("echo"), args)
        self.assertEqual(await a.ask("ack", BYTES), BYTES)
        a.answers["question"] = lambda *args: (b"answer", {"asked": list(args)})
        await a.emit("ask", b"question")
        self.assertEqual(await a.next("answered"), (b"answer", {"asked": [b"question"]}))

    async def test_rooms_reach_their_members(self):
        a, b, c = [await self.enter() for _ in range(3)]
        for one in (a, b):
            await one.ask("join", "room")
        self.assertEqual(await a.ask("rooms"), ["room"])
        await a.ask("say", "room", [], NESTED)
        await c.ask("tell", ["room", "nobody"], [], TEXT)
        for one in (a, b):
            self.assertEqual(await one.next("told"), (TEXT,))
        self.assertEqual(await b.next("said"), (NESTED,))
        await b.ask("leave", "room")
        await a.ask("tell", "room", [], "after b left")
        self.assertEqual(await a.next("told"), ("after b left",))
        await a.ask("shout", BYTES)
        for one in (b, c):
            self.assertEqual(await one.next("shouted"), (BYTES,))
        for one, events in (a, ("said", "shouted")), (b, ("told",)), (c, ("said", "told")):
            for event in events:
                self.assertTrue(one.silent(event), event)

    async def test_namespaces_share_a_connection(self):
        a = await self.enter(namespaces=["/", "/custom", "/guarded"], auth={"token": "open sesame"})
        ids = {a.client.get_sid(namespace) for namespace in ("/", "/custom", "/guarded")}
        self.assertEqual(len(ids), 3)
        for namespace in ("/", "/custom", "/guarded"):
            await a.ask("join", "same name", namespace=namespace)
            self.assertEqual(await a.ask("ack", BYTES, namespace=namespace), BYTES)
        await a.ask("tell", "same name", [], "custom", namespace="/custom")
        self.assertEqual(await a.next("told", "/custom"), ("custom",))
        self.assertTrue(a.silent("told", "/") and a.silent("told", "/guarded"))

    async def test_a_refusal_says_why(self):
        guarded = {"message": "not allowed", "data": {"code": 7, "needs": ["token"]}}
        refused = {"message": "by auth", "data": [TEXT]}
        for namespace, auth, why in [
            ("/guarded", {"token": "wrong"}, guarded),
            ("/nowhere", {}, {"message": "Invalid namespace"}),
            ("/", {"refuse": "by auth", "data": [TEXT]}, refused),
        ]:
            a = self.cast(self.kind)
            with self.assertRaisesRegex(socketio.exceptions.ConnectionError, f"failed to connect: {namespace}$"):
                await a.connect(self.server.url, self.transports, auth=auth, namespaces=[namespace])
            self.assertEqual(await a.next("connect_error", namespace), (why,))

    async def test_the_client_says_goodbye(self):
        observer = await self.observer()
        a = await self.enter(tag="a")
        await a.ask("join", "room")
        await a.disconnect()
        self.assertEqual(await a.next("disconnect"), ("client disconnect",))
        self.assertEqual(await observer.next("leaving", "/observe"), ("a", ["room"]))
        namespace, tag, reason, rooms = await observer.next("gone", "/observe")
        self.assertEqual((namespace, tag, rooms), ("/", "a", []))
        # the client closes the transport without waiting until its goodbye is written, and Node then sees the one or the other
        self.assertIn(reason, ("client namespace disconnect", "transport close"))

    async def test_the_server_says_goodbye(self):
        observer = await self.observer()
        for word, reason in ("kick", "server namespace disconnect"), ("cut", "server namespace disconnect"):
            a = await self.enter(tag=word)
            await a.emit(word)
            self.assertEqual(await a.next("disconnect"), ("server disconnect",))
            self.assertEqual(await observer.next("gone", "/observe"), ("/", word, reason, []))

    async def test_last_words_arrive(self):
        a = await self.enter()
        self.assertEqual(await a.ask("last-words"), "farewell")
        self.assertEqual([await a.next("farewell") for _ in range(2)], [(1,), (2,)])
        self.assertEqual(await a.next("disconnect"), ("server disconnect",))

    async def test_a_cut_line_is_noticed_and_mended(self):
        line = await Line.to(self.server.url)
        self.addCleanup(line.close)
        a = await self.enter(url=line.url, comes_back=True, namespaces=["/", "/custom"])
        before = a.client.get_sid()
        for namespace in ("/", "/custom"):
            await a.next("connect", namespace)
        line.cut()
        for namespace in ("/", "/custom"):
            self.assertEqual(await a.next("disconnect", namespace), ("transport error",))
        line.mend()
        for namespace in ("/", "/custom"):
            await a.next("connect", namespace)
            self.assertEqual(await a.ask("ack", BYTES, namespace=namespace), BYTES)
        self.assertNotEqual(a.client.get_sid(), before)


class Heartbeat(Stage):
    async def test_all_outlive_several_pings(self):
        """Twice as long as a client lives whose pings or pongs are lost."""
        await self.serve(PING_INTERVAL="500", PING_TIMEOUT="3000")
        players = [(self.cast(kind), transports) for kind in KINDS for transports in WAYS]
        for player, transports in players:
            await player.connect(self.server.url, transports)
        ids = [player.client.get_sid() for player, _ in players]
        await asyncio.sleep(7.5)
        for (player, _), id in zip(players, ids):
            self.assertEqual(await player.ask("ack", "alive"), "alive")
            self.assertEqual(player.client.get_sid(), id)
            self.assertTrue(player.silent("disconnect"))


KINDS = (SyncPlayer, AsyncPlayer)
WAYS = (["polling"], ["websocket"], ["polling", "websocket"])
