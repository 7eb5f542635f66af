import asyncio
import sys


async def pump(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.write_eof()


async def main(port, target):
    async def proxy(reader, writer):
        upstream_reader, upstream_writer = await asyncio.open_connection("127.0.0.1", target)
        try:
            await asyncio.gather(pump(reader, upstream_writer), pump(upstream_reader, writer))
        finally:
            upstream_writer.close()
            writer.close()

    server = await asyncio.start_server(proxy, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
