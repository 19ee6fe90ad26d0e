import { type ReactNode, useState } from 'react';
import { Call, Conference, Play, Publish } from './roles.tsx';

interface View {
  readonly title: string;
  readonly label: string;
  readonly button: string;
  readonly render: (id: string) => ReactNode;
}

const views: readonly View[] = [
  { title: 'Publish', label: 'Stream id', button: 'Publish', render: (id) => <Publish streamId={id} /> },
  { title: 'Play', label: 'Stream id', button: 'Play', render: (id) => <Play streamId={id} /> },
  { title: 'Call', label: 'Call id', button: 'Join', render: (id) => <Call callId={id} /> },
  { title: 'Conference', label: 'Room', button: 'Enter', render: (id) => <Conference room={id} /> },
];

export function App() {
  const [view, setView] = useState(views[0] as View);
  /** Id of the running role. Without one, the form is shown. */
  const [id, setId] = useState<string>();
  return (
    <>
      <nav aria-label="Views">
        {views.map((each) => (
          <button
            key={each.title}
            type="button"
            aria-pressed={each === view}
            onClick={() => {
              setView(each);
              setId(undefined);
            }}
          >
            {each.title}
          </button>
        ))}
      </nav>
      <h1>{view.title}</h1>
      {id === undefined ? (
        <form action={(form) => setId(String(form.get('id')))}>
          <label htmlFor="id">{view.label}</label>
          <input id="id" name="id" required autoComplete="off" defaultValue="react1" />
          <button type="submit">{view.button}</button>
        </form>
      ) : (
        <>
          {view.render(id)}
          <button type="button" onClick={() => setId(undefined)}>
            Stop
          </button>
        </>
      )}
    </>
  );
}
