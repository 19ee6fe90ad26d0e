import type { RoleHandle } from '@sigchart/browser';
import { type Membership, type Role, useCall, usePlayer, usePublisher, useRole, useRoom, Video } from '@sigchart/react';
import { useState } from 'react';
import { useCamera } from './useCamera.ts';

/** State of a role, with a button where it does not continue by itself. */
function Status({
  state,
  reason,
  definition,
  restart,
}: Pick<Role | Membership, 'state' | 'reason' | 'definition' | 'restart'>) {
  return (
    <p role="status">
      {state}
      {reason !== undefined && `: ${definition ?? reason}`}{' '}
      {state === 'ended' && (
        <button type="button" onClick={restart}>
          Try again
        </button>
      )}
    </p>
  );
}

/** A video whose sound the user can switch on where the browser blocks it. */
function Remote({ stream }: { readonly stream: MediaStream | undefined }) {
  const [unmute, setUnmute] = useState<() => void>();
  return (
    <>
      <Video stream={stream} onSoundBlocked={(allow) => setUnmute(() => allow)} />
      {unmute !== undefined && (
        <button
          type="button"
          onClick={() => {
            unmute();
            setUnmute(undefined);
          }}
        >
          Sound on
        </button>
      )}
    </>
  );
}

export function Publish({ streamId }: { readonly streamId: string }) {
  const camera = useCamera();
  const publisher = usePublisher(streamId, { stream: camera.stream });
  if (camera.error !== undefined) return <p role="alert">{camera.error}</p>;
  return (
    <>
      <Status {...publisher} />
      <Video stream={camera.stream} muted />
    </>
  );
}

export function Play({ streamId }: { readonly streamId: string }) {
  const player = usePlayer(streamId);
  return (
    <>
      <Status {...player} />
      <Remote stream={player.stream} />
    </>
  );
}

export function Call({ callId }: { readonly callId: string }) {
  const camera = useCamera();
  const call = useCall(callId, { stream: camera.stream });
  if (camera.error !== undefined) return <p role="alert">{camera.error}</p>;
  return (
    <>
      <Status {...call} />
      <div className="tiles">
        <Video stream={camera.stream} muted />
        <Remote stream={call.stream} />
      </div>
    </>
  );
}

function Tile({ player }: { readonly player: RoleHandle }) {
  const { state, stream } = useRole(player);
  return (
    <li>
      <Remote stream={stream} />
      {state !== 'playing' && <p>{state}</p>}
    </li>
  );
}

export function Conference({ room }: { readonly room: string }) {
  const camera = useCamera();
  const membership = useRoom(room, { stream: camera.stream });
  if (camera.error !== undefined) return <p role="alert">{camera.error}</p>;
  return (
    <>
      <Status {...membership} />
      <ul className="tiles">
        <li>
          <Video stream={camera.stream} muted />
        </li>
        {membership.players.map((player) => (
          <Tile key={player.streamId} player={player} />
        ))}
      </ul>
    </>
  );
}
