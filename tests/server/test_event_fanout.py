"""Events for requests: each listener hears what it accepts, and none is held up by another."""

import asyncio
import threading

from app.server.event_fanout import MOST_WAITING, EventFanout
from core.jobs.events import CastChanged, Event, EventBus, JobLogged


def test_that_listeners_hear_what_they_accept_from_other_threads() -> None:
    bus = EventBus()
    fanout = EventFanout(bus)

    async def listen() -> list[Event]:
        heard = []
        async with fanout.listen(lambda event: isinstance(event, CastChanged)) as events:
            threading.Thread(target=lambda: [bus.publish(one) for one in published]).start()
            async for event in events:
                heard.append(event)
                if event == CastChanged("last"):
                    return heard
        return heard

    published = [JobLogged("job-1", "info", "x"), CastChanged("first"), CastChanged("last")]
    assert asyncio.run(listen()) == published[1:]
    assert not bus._subscribers


def test_that_closing_ends_listeners_and_later_ones_at_once() -> None:
    bus = EventBus()
    fanout = EventFanout(bus)

    async def listen() -> list[Event]:
        async with fanout.listen() as events:
            fanout.close()
            first = [event async for event in events]
        async with fanout.listen() as events:
            return first + [event async for event in events]

    assert asyncio.run(asyncio.wait_for(listen(), 5)) == []
    bus.publish(CastChanged("nobody hears it"))


def test_that_waiting_has_an_end() -> None:
    async def listen() -> tuple[Event | None, bool]:
        async with EventFanout(EventBus()).listen() as events:
            return await events.next(0.01), events.ended

    assert asyncio.run(listen()) == (None, False)


def test_that_a_listener_that_falls_behind_is_ended() -> None:
    bus = EventBus()

    async def listen() -> int:
        async with EventFanout(bus).listen() as events:
            for number in range(MOST_WAITING + 50):
                bus.publish(CastChanged(str(number)))
            await asyncio.sleep(0)
            count = 0
            while await events.next(1) is not None:
                count += 1
            assert events.ended
            return count

    assert asyncio.run(listen()) == MOST_WAITING


def test_that_a_loop_that_has_ended_disturbs_nobody() -> None:
    bus = EventBus()
    fanout = EventFanout(bus)
    loop = asyncio.new_event_loop()

    async def begin() -> object:
        listening = fanout.listen()
        await listening.__aenter__()
        return listening

    kept = loop.run_until_complete(begin())
    loop.close()
    bus.publish(CastChanged("nobody is there"))
    fanout.close()
    assert kept is not None
