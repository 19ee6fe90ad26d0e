"""A publisher or player by aiortc, written from the seed document. Prints one JSON line per second while it runs.

usage: aiortc_client.py publish|play ws://host:port/app/websocket streamId
"""

import asyncio
import json
import sys

import websockets
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaStreamError
from aiortc.mediastreams import AudioStreamTrack, VideoStreamTrack
from aiortc.sdp import candidate_from_sdp

role, url, stream_id = sys.argv[1:]
received = {"video": 0, "audio": 0}


async def count(track):
    while True:
        try:
            await track.recv()
        except MediaStreamError:
            return
        received[track.kind] += 1


async def report(connection):
    while True:
        print(json.dumps({"state": connection.connectionState, **received}), flush=True)
        await asyncio.sleep(1)


async def main():
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    connection.on("track", lambda track: asyncio.ensure_future(count(track)))
    async with websockets.connect(url) as socket:

        async def send(**message):
            await socket.send(json.dumps({"streamId": stream_id, **message}))

        async def describe(kind):
            description = await (connection.createOffer() if kind == "offer" else connection.createAnswer())
            await connection.setLocalDescription(description)
            await send(command="takeConfiguration", type=kind, sdp=connection.localDescription.sdp)

        if role == "publish":
            connection.addTrack(VideoStreamTrack())
            connection.addTrack(AudioStreamTrack())
        await send(command=role)
        reporting = asyncio.ensure_future(report(connection))
        async for text in socket:
            message = json.loads(text)
            if message["command"] == "start":
                await describe("offer")
            elif message["command"] == "takeConfiguration":
                await connection.setRemoteDescription(RTCSessionDescription(message["sdp"], message["type"]))
                if message["type"] == "offer":
                    await describe("answer")
            elif message["command"] == "takeCandidate" and message["candidate"]:
                candidate = candidate_from_sdp(message["candidate"].split(":", 1)[1])
                candidate.sdpMid = message["id"]
                candidate.sdpMLineIndex = message["label"]
                await connection.addIceCandidate(candidate)
            elif message["command"] in ("error", "notification"):
                print(json.dumps({"definition": message["definition"]}), flush=True)
        reporting.cancel()
    await connection.close()


asyncio.run(main())
