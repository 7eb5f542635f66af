import asyncio
import sys

LONGEST = 1_000_000


async def reverse(reader, writer):
    try:
        while True:
            length = int.from_bytes(await reader.readexactly(4), "big")
            if length > LONGEST:
                break
            message = await reader.readexactly(length)
            writer.write(length.to_bytes(4, "big") + message[::-1])
            await writer.drain()
    except asyncio.IncompleteReadError:
        pass
    writer.close()


async def main(port):
    server = await asyncio.start_server(reverse, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


asyncio.run(main(int(sys.argv[1])))
