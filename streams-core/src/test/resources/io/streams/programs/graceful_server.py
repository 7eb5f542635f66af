import asyncio
import signal
import sys

conversations = set()


async def shout(reader, writer):
    conversations.add(asyncio.current_task())
    try:
        while line := await asyncio.wait_for(reader.readline(), 60):
            writer.write(line.upper())
            await writer.drain()
    except TimeoutError:
        writer.write(b"STILL THERE?\n")
    finally:
        conversations.discard(asyncio.current_task())
        writer.close()


async def main(port):
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    server = await asyncio.start_server(shout, "127.0.0.1", port)
    await stop.wait()
    server.close()
    if conversations:
        _, unfinished = await asyncio.wait(conversations, timeout=1)
        for conversation in unfinished:
            conversation.cancel()


asyncio.run(main(int(sys.argv[1])))
