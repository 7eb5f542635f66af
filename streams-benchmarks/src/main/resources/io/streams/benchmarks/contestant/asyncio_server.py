"""Python's asyncio streams as a contestant: asyncio_server.py asyncio|uvloop ECHO|SEND|RECEIVE."""

import asyncio
import os
import sys

CHUNK = bytes(i % 251 for i in range(64 * 1024))
ACKNOWLEDGED = 1024 * 1024


async def echo(reader, writer):
    try:
        while line := await reader.readline():
            writer.write(line)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


async def send(reader, writer):
    try:
        while True:
            writer.write(CHUNK)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


async def receive(reader, writer):
    received = 0
    while data := await reader.read(len(CHUNK)):
        before = received // ACKNOWLEDGED
        received += len(data)
        if received // ACKNOWLEDGED > before:
            writer.write(b".")
            await writer.drain()
    writer.close()


async def main(service):
    handler = {"ECHO": echo, "SEND": send, "RECEIVE": receive}[service]
    server = await asyncio.start_server(handler, "127.0.0.1", 0, backlog=1024)
    print("port", server.sockets[0].getsockname()[1], flush=True)
    # At the end of the input it ends, whatever is still open.
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    os._exit(0)


if sys.argv[1] == "uvloop":
    import uvloop

    uvloop.install()
asyncio.run(main(sys.argv[2]))
