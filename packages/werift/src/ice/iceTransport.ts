import type { RTCIceTransport } from 'werift';
import type { IceAgent } from './agent.ts';

/** Minimal `RTCIceTransport` for werift's DTLS and SCTP, on top of an {@link IceAgent}. */
export function iceTransportOf(agent: IceAgent): RTCIceTransport {
  const subscription = { unSubscribe: () => {}, disposer: () => {} };
  const transport = {
    connection: {
      onData: {
        // SrtpTransport replaces the subscriber.
        subscribe: () => subscription,
        set execute(received: (datagram: Buffer) => void) {
          agent.received = received;
        },
      },
      send: async (datagram: Buffer) => agent.send(datagram),
      close: async () => {},
    },
    get role() {
      return agent.isControlling ? 'controlling' : 'controlled';
    },
    stop: async () => {},
  };
  return transport as unknown as RTCIceTransport;
}
