import asyncio

from kit import check, peer, say


async def main():
    reader, writer = await asyncio.open_connection(peer["host"], peer["port"])
    try:
        await asyncio.wait_for(reader.readexactly(10), 0.1)
        check(False, "it was early")
    except asyncio.TimeoutError:
        pass
    writer.write(b"g")
    check(await reader.readexactly(10) == b"1234567890", "all ten")
    say("yes", "`asyncio`: `wait_for(reader.readexactly(10), 0.1)`")


asyncio.run(main())
