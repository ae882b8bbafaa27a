"""A network cable between two programs on this machine, to be pulled out and plugged in again."""
import asyncio
import threading


class Cable:
    """Listens on `address` and carries every connection on to `target`, both "host:port". Pulling it out ends all
    connections and refuses new ones."""

    def __init__(self, target):
        self._target = target.rsplit(":", 1)
        self._loop = asyncio.new_event_loop()
        self._writers = set()
        self._server = None
        self._port = 0
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.plug_in()

    @property
    def port(self):
        return self._port

    def plug_in(self):
        self._run(self._listen())

    def pull(self):
        self._run(self._cut())

    def close(self):
        self._run(self._cut())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    async def _listen(self):
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self._port, reuse_address=True)
        self._port = self._server.sockets[0].getsockname()[1]

    async def _cut(self):
        if self._server:
            self._server.close()
            self._server = None
        for writer in list(self._writers):
            writer.transport.abort()

    async def _carry(self, reader, writer):
        try:
            far_reader, far_writer = await asyncio.open_connection(self._target[0], int(self._target[1]))
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, far_writer}
        await asyncio.gather(self._copy(reader, far_writer), self._copy(far_reader, writer), return_exceptions=True)
        self._writers -= {writer, far_writer}

    @staticmethod
    async def _copy(reader, writer):
        try:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        finally:
            writer.close()
