"""A publisher or player by GStreamer's webrtcbin, written from the seed document. Prints one JSON line per second.

usage: gstreamer_client.py publish|play ws://host:port/app/websocket streamId [bundle-policy]

Without a bundle-policy, webrtcbin bundles nothing.
"""

import asyncio
import json
import sys

import gi
import websockets

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import Gst, GstSdp, GstWebRTC  # noqa: E402

Gst.init(None)
role, url, stream_id, *policies = sys.argv[1:]
webrtcbin = " ".join(["webrtcbin name=webrtc", *(f"bundle-policy={policy}" for policy in policies)])
received = {"video": 0, "audio": 0}

# A second element, since one alone would not be put into a pipeline.
PLAY = f"{webrtcbin} fakesrc num-buffers=0 ! fakesink"

PUBLISH = f"""
{webrtcbin}
videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=240,framerate=15/1 ! queue
  ! vp8enc deadline=1 keyframe-max-dist=60 ! rtpvp8pay pt=96
  ! application/x-rtp,media=video,encoding-name=VP8,payload=96 ! webrtc.
audiotestsrc is-live=true ! audioconvert ! audioresample ! queue ! opusenc ! rtpopuspay pt=97
  ! application/x-rtp,media=audio,encoding-name=OPUS,payload=97 ! webrtc.
"""


async def main():
    loop = asyncio.get_running_loop()
    outgoing = asyncio.Queue()
    pipeline = Gst.parse_launch(PUBLISH if role == "publish" else PLAY)
    webrtc = pipeline.get_by_name("webrtc")

    def send(**message):
        loop.call_soon_threadsafe(outgoing.put_nowait, json.dumps({"streamId": stream_id, **message}))

    def on_candidate(_, label, candidate):
        send(command="takeCandidate", label=label, id=str(label), candidate=candidate)

    def on_description(promise, kind):
        promise.wait()
        # The description lives as long as the reply does.
        reply = promise.get_reply()
        description = reply.get_value(kind)
        webrtc.emit("set-local-description", description, Gst.Promise.new())
        send(command="takeConfiguration", type=kind, sdp=description.sdp.as_text())

    def on_pad(_, pad):
        if pad.direction != Gst.PadDirection.SRC:
            return
        decoder = Gst.ElementFactory.make("decodebin")

        def on_decoded(_, decoded):
            kind = decoded.get_current_caps().get_structure(0).get_name().split("/")[0]
            sink = Gst.ElementFactory.make("fakesink")
            sink.set_property("signal-handoffs", True)
            sink.set_property("sync", False)

            def on_frame(*_):
                received[kind] += 1

            sink.connect("handoff", on_frame)
            pipeline.add(sink)
            sink.sync_state_with_parent()
            decoded.link(sink.get_static_pad("sink"))

        decoder.connect("pad-added", on_decoded)
        pipeline.add(decoder)
        decoder.sync_state_with_parent()
        pad.link(decoder.get_static_pad("sink"))

    webrtc.connect("on-ice-candidate", on_candidate)
    webrtc.connect("pad-added", on_pad)

    def on_negotiation_needed(_):
        webrtc.emit("create-offer", None, Gst.Promise.new_with_change_func(on_description, "offer"))

    if role == "publish":
        # The media sections of the offer come from what flows, so nothing may flow before the server says start.
        webrtc.connect("on-negotiation-needed", on_negotiation_needed)
    else:
        pipeline.set_state(Gst.State.PLAYING)

    async def report():
        while True:
            state = webrtc.get_property("connection-state").value_nick
            print(json.dumps({"state": state, **received}), flush=True)
            await asyncio.sleep(1)

    async with websockets.connect(url) as socket:

        async def write():
            while True:
                await socket.send(await outgoing.get())

        tasks = [asyncio.ensure_future(write()), asyncio.ensure_future(report())]
        send(command=role)
        async for text in socket:
            message = json.loads(text)
            if message["command"] == "start":
                pipeline.set_state(Gst.State.PLAYING)
            elif message["command"] == "takeConfiguration":
                _, sdp = GstSdp.SDPMessage.new_from_text(message["sdp"])
                kind = GstWebRTC.WebRTCSDPType.OFFER if message["type"] == "offer" else GstWebRTC.WebRTCSDPType.ANSWER
                description = GstWebRTC.WebRTCSessionDescription.new(kind, sdp)

                def on_applied(_promise, kind):
                    if kind == "offer":
                        answer = Gst.Promise.new_with_change_func(on_description, "answer")
                        webrtc.emit("create-answer", None, answer)

                applied = Gst.Promise.new_with_change_func(on_applied, message["type"])
                webrtc.emit("set-remote-description", description, applied)
            elif message["command"] == "takeCandidate" and message["candidate"]:
                webrtc.emit("add-ice-candidate", message["label"], message["candidate"])
            elif message["command"] in ("error", "notification"):
                print(json.dumps({"definition": message["definition"]}), flush=True)
        for task in tasks:
            task.cancel()


asyncio.run(main())
